import { ROLES, type Permission, type Role } from "../../../../weaviate/roles.ts";
import type { Rest } from "./rest.ts";

/** What is to be done about a role; nothing: it is as the code says. */
export interface RolePlan {
  readonly role: string;
  readonly user: string;
  readonly state: "missing" | "other" | "not given" | "as wanted";
}

/** Roles of a server; only the admin's key may read and change them. */
export interface ServerRoles {
  /** Null where the server decides nothing by roles, or the key may not read them. */
  plan(): Promise<readonly RolePlan[] | null>;
  /** Makes every role what the code says and gives it to its user; what is so already stays. */
  apply(): Promise<void>;
}

export function serverRoles(rest: Rest, signal?: AbortSignal): ServerRoles {
  const call: Rest["call"] = (method, path, options) => rest.call(method, path, { signal, ...options });
  const found = async (name: string): Promise<readonly Permission[] | null> => {
    const { status, json } = await call("GET", `/authz/roles/${name}`, { also: [404] });
    return status === 404 ? null : (json as { readonly permissions: readonly Permission[] }).permissions;
  };
  const isGiven = async ({ name, user }: Role): Promise<boolean> => {
    const { status, json } = await call("GET", `/authz/users/${user}/roles/db`, { also: [404] });
    return status === 200 && (json as readonly { name: string }[]).some((one) => one.name === name);
  };
  const plan = async (): Promise<readonly RolePlan[] | null> => {
    const first = await call("GET", `/authz/roles/${ROLES[0]!.name}`, { also: [403, 404, 422, 500, 501] });
    if (first.status !== 200 && first.status !== 404) return null;
    return Promise.all(
      ROLES.map(async (role) => {
        const permissions = await found(role.name);
        const given = permissions !== null && (await isGiven(role));
        const same = permissions !== null && sameSet(permissions, role.permissions);
        const state = !permissions ? "missing" : !same ? "other" : given ? "as wanted" : "not given";
        return { role: role.name, user: role.user, state };
      }),
    );
  };
  return {
    plan,
    apply: async () => {
      for (const role of ROLES) {
        const permissions = await found(role.name);
        if (!permissions || !sameSet(permissions, role.permissions)) await put(role, permissions, call);
        if (!(await isGiven(role))) {
          const body = { roles: [role.name], userType: "db" };
          await call("POST", `/authz/users/${role.user}/assign`, { body });
        }
      }
    },
  };
}

/** A role that is there gains what it lacks before it loses what it has too much: its key works all the while. */
async function put(role: Role, found: readonly Permission[] | null, call: Rest["call"]): Promise<void> {
  const { name, permissions } = role;
  if (!found) {
    await call("POST", "/authz/roles", { body: { name, permissions } });
    return;
  }
  const path = `/authz/roles/${name}`;
  const wanted = new Set(permissions.map(textOf));
  const there = new Set(found.map(textOf));
  const more = permissions.filter((one) => !there.has(textOf(one)));
  const less = found.filter((one) => !wanted.has(textOf(one)));
  if (more.length > 0) await call("POST", `${path}/add-permissions`, { body: { permissions: more } });
  if (less.length > 0) await call("POST", `${path}/remove-permissions`, { body: { permissions: less } });
}

function sameSet(a: readonly Permission[], b: readonly Permission[]): boolean {
  const [one, two] = [a, b].map((all) => [...new Set(all.map(textOf))].sort());
  return one!.join("\n") === two!.join("\n");
}

/** The same text for the same permission, whatever the order of its fields. */
function textOf({ action, ...on }: Permission): string {
  const fields = Object.values(on).flatMap((value) =>
    typeof value === "string" ? [value] : Object.entries(value).map((pair) => pair.join("=")),
  );
  return [action, ...fields.sort()].join(" ");
}
