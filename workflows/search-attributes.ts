import { defineSearchAttributeKey, SearchAttributeType } from "@temporalio/common";
import { ENCODER_ATTRIBUTE, SYMBOL_ATTRIBUTE } from "./queues.ts";

/** Workflows are found by the symbol that they work on: `RhymeSymbol = "BTCUSDT"` on Temporal's page. */
export const symbolAttribute = defineSearchAttributeKey(SYMBOL_ATTRIBUTE, SearchAttributeType.KEYWORD);

/** And by the version of the encoder that they work with. */
export const encoderAttribute = defineSearchAttributeKey(ENCODER_ATTRIBUTE, SearchAttributeType.KEYWORD);
