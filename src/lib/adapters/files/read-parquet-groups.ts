import pl from "nodejs-polars";
import { readBytes, fileError } from "./read-bytes.ts";
import type { Frame } from "./frame-table.ts";
import type { CandleFacts } from "../../candles/candle-facts.ts";
import { factsOfFrame, holdsFacts } from "./read-facts.ts";
import { candlesFromFrame, nameOfFile, type ReadCandles, type ReadCandlesOptions } from "./read-candles.ts";

/** What a Parquet file of candles holds, series by series. */
export type ParquetGroup =
  | { readonly kind: "facts"; readonly files: readonly string[]; readonly facts: CandleFacts }
  | { readonly kind: "candles"; readonly files: readonly string[]; readonly read: ReadCandles };

/** Columns by which other tools tell several symbols of one table apart, lower case. */
const SYMBOL_COLUMNS = ["symbol", "ticker", "instrument", "pair"];

/**
 * Candles of Parquet files: exports of a memory as facts, tables of other tools as candle files. A table with a
 * column `symbol` is one series per symbol; files of one symbol and timeframe are one series.
 * @throws RhymeError "input" where a file is no Parquet, or holds no candles
 */
export async function readParquetGroups(
  paths: readonly string[],
  options: ReadCandlesOptions,
): Promise<readonly ParquetGroup[]> {
  const groups: ParquetGroup[] = [];
  const others = new Map<string, { files: string[]; frames: Frame[]; symbol: string }>();
  for (const path of paths) {
    const frame = await readFrame(path, options.signal);
    refuseOtherExports(path, frame.columns);
    if (holdsFacts(frame.columns))
      groups.push(
        ...factsOfFrame(frame, path).map((facts) => ({ kind: "facts" as const, files: [path], facts })),
      );
    else
      for (const part of bySymbol(path, frame, options.symbol)) {
        const key = `${part.symbol} ${nameOfFile(path).timeframe ?? ""}`;
        const group = others.get(key) ?? { files: [], frames: [], symbol: part.symbol };
        others.set(key, { ...group, files: [...group.files, path], frames: [...group.frames, part.frame] });
      }
  }
  for (const { files, frames, symbol } of others.values()) {
    const read = candlesFromFrame(joined(frames, files), { ...options, symbol });
    groups.push({ kind: "candles", files, read });
  }
  return groups;
}

async function readFrame(path: string, signal: AbortSignal | undefined): Promise<Frame> {
  const { format, bytes } = await readBytes(path, signal);
  if (format !== "parquet")
    throw fileError(path, "a Parquet file", "text", "./rhyme remember reads CSV; import takes Parquet");
  try {
    return pl.readParquet(bytes);
  } catch (error) {
    const received = `damaged Parquet (${(error as Error).message.split("\n")[0]!.slice(0, 120)})`;
    throw fileError(path, "a whole Parquet file", received, "Write the file again");
  }
}

/** What a memory makes from candles is made again by remember, never brought in. */
function refuseOtherExports(path: string, columns: readonly string[]): void {
  const kinds = [
    ["embeddings", "embedding"],
    ["contexts", "base_log_atr_ratio"],
    ["answers", "outcome_known_at"],
    ["features", "base_timeframe"],
  ] as const;
  const found = kinds.find(([, column]) => columns.includes(column));
  if (!found) return;
  const remedy = "Import its candles, then ./rhyme remember makes all else from them";
  throw fileError(path, "candles", `an export of ${found[0]}`, remedy);
}

function bySymbol(path: string, frame: Frame, said: string | undefined): { symbol: string; frame: Frame }[] {
  const column = frame.columns.find((name) => SYMBOL_COLUMNS.includes(name.toLowerCase()));
  if (said !== undefined || column === undefined) return [{ symbol: said ?? nameOfFile(path).symbol, frame }];
  const names = frame.getColumn(column).cast(pl.Utf8);
  if (names.nullCount() > 0)
    throw fileError(`${path}, column ${column}`, "a symbol in every row", "null", "Fill it, or say --symbol");
  const symbols = [...new Set(names.toArray())].sort();
  return symbols.map((symbol) => ({
    symbol,
    frame: frame.filter(pl.col(column).cast(pl.Utf8).eq(pl.lit(symbol))).drop(column),
  }));
}

function joined(frames: readonly Frame[], files: readonly string[]): Frame {
  if (frames.length === 1) return frames[0]!;
  try {
    return pl.concat([...frames]);
  } catch {
    const remedy = "Import them one after the other";
    throw fileError(files.join(", "), "files with the same columns", "different ones", remedy);
  }
}
