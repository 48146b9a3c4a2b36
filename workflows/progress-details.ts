/** A list for Temporal's page about the workflow. */
export function detailsOf(progress: object): string {
  return Object.entries(progress)
    .filter(
      ([, value]) => value !== null && value !== undefined && !(Array.isArray(value) && value.length === 0),
    )
    .map(
      ([name, value]) =>
        `- **${name}**: ${typeof value === "object" ? JSON.stringify(value) : String(value)}`,
    )
    .join("\n")
    .slice(0, 2_000);
}
