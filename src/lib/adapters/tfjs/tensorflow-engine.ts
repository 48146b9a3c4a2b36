import type { Tensor2D } from "@tensorflow/tfjs-core";
import type { MatrixEngine } from "../../encoder/gnn/native/matrix-engine.ts";
import type { Tf } from "../../encoder/family.ts";

/** Products by a backend of TensorFlow.js that is open. Nothing but the matrices stays there, until they are disposed of. */
export function tensorFlowEngine(tf: Tf, name: string): MatrixEngine {
  return {
    name,
    prepare: (weights, inputs, outputs, activation) => {
      const matrix = tf.tensor2d(weights, [inputs, outputs]);
      return {
        run: async (x, rows) => {
          const product = tf.tidy(() => {
            const y = tf.matMul<Tensor2D>(tf.tensor2d(x, [rows, inputs]), matrix);
            return activation === "relu" ? tf.relu(y) : y;
          });
          const values = await product.data<"float32">();
          product.dispose();
          return values;
        },
        dispose: () => matrix.dispose(),
      };
    },
  };
}
