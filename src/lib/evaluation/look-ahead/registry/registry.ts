import type { Subject } from "../subject.ts";
import { ANOMALY_SUBJECTS } from "../subjects/anomaly.ts";
import { BACKTEST_SUBJECTS } from "../subjects/backtest.ts";
import { CANDLE_SUBJECTS } from "../subjects/candles.ts";
import { CONTEXT_SUBJECTS } from "../subjects/context.ts";
import { ENCODER_SUBJECTS } from "../subjects/encoder.ts";
import { FEATURE_SUBJECTS } from "../subjects/features.ts";
import { FORECAST_SUBJECTS } from "../subjects/forecast.ts";
import { GRAPH_SUBJECTS } from "../subjects/graph.ts";
import { MEMORY_SUBJECTS } from "../subjects/memory.ts";
import { NATIVE_ENCODER_SUBJECTS } from "../subjects/native-encoder.ts";
import { NEIGHBOUR_SUBJECTS } from "../subjects/neighbours.ts";
import { PROTOCOL_SUBJECTS } from "../subjects/protocol.ts";
import { READING_SUBJECTS } from "../subjects/reading.ts";
import { RECALL_SUBJECTS } from "../subjects/recall.ts";
import { STORE_SUBJECTS } from "../subjects/store.ts";
import { TRAINING_SUBJECTS } from "../subjects/training.ts";
import { TRUST_SUBJECTS } from "../subjects/trust.ts";

/** Subjects by the constant that holds them; along the arrow. */
export const PARTS: Readonly<Record<string, readonly Subject[]>> = {
  CANDLE_SUBJECTS,
  READING_SUBJECTS,
  FEATURE_SUBJECTS,
  GRAPH_SUBJECTS,
  ENCODER_SUBJECTS,
  NATIVE_ENCODER_SUBJECTS,
  TRAINING_SUBJECTS,
  CONTEXT_SUBJECTS,
  FORECAST_SUBJECTS,
  STORE_SUBJECTS,
  MEMORY_SUBJECTS,
  RECALL_SUBJECTS,
  ANOMALY_SUBJECTS,
  TRUST_SUBJECTS,
  NEIGHBOUR_SUBJECTS,
  PROTOCOL_SUBJECTS,
  BACKTEST_SUBJECTS,
};

/** Every function that takes history, as something that states values. */
export const REGISTRY: readonly Subject[] = Object.values(PARTS).flat();
