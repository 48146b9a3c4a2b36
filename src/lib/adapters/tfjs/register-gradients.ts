import type { GradConfig, NamedAttrMap, Tensor, Tensor2D } from "@tensorflow/tfjs-core";
import type { Tf } from "../../encoder/family.ts";

const registered = new WeakSet<Tf>();

/**
 * Gradients of the operations that training uses. The Node build of tfjs-core comes without any: they live in the
 * `@tensorflow/tfjs` bundle, ten times the size. Formulas as in tfjs-core/src/gradients; broadcasting is undone by
 * summing over the axes that were stretched.
 */
export function registerGradients(tf: Tf): void {
  if (registered.has(tf)) return;
  registered.add(tf);
  for (const config of [...elementwise(tf), ...others(tf)]) tf.registerGradient(config);
}

/** `dy` summed to the shape of an argument that was broadcast. */
function shrunkTo(tf: Tf, dy: Tensor, x: Tensor, out: readonly number[]): Tensor {
  const axes = tf.broadcast_util.getReductionAxes(x.shape, [...out]);
  return tf.reshape(axes.length > 0 ? tf.sum(dy, axes) : dy, x.shape);
}

type Binary = (dy: Tensor, a: Tensor, b: Tensor) => { a: Tensor; b: Tensor };

function elementwise(tf: Tf): GradConfig[] {
  const binary = (kernelName: string, backward: Binary): GradConfig => ({
    kernelName,
    inputsToSave: ["a", "b"],
    gradFunc: (dy, saved) => {
      const [a, b] = saved as [Tensor, Tensor];
      const d = dy as Tensor;
      return {
        a: () => shrunkTo(tf, backward(d, a, b).a, a, d.shape),
        b: () => shrunkTo(tf, backward(d, a, b).b, b, d.shape),
      };
    },
  });
  return [
    binary("Add", (dy) => ({ a: dy, b: dy })),
    binary("Sub", (dy) => ({ a: dy, b: tf.neg(dy) })),
    binary("Multiply", (dy, a, b) => ({ a: tf.mul(dy, b), b: tf.mul(dy, a) })),
    binary("RealDiv", (dy, a, b) => ({ a: tf.div(dy, b), b: tf.neg(tf.div(tf.mul(dy, a), tf.mul(b, b))) })),
  ];
}

function others(tf: Tf): GradConfig[] {
  return [
    {
      kernelName: "Relu",
      inputsToSave: ["x"],
      gradFunc: (dy, [x]) => ({ x: () => tf.mul(dy as Tensor, tf.step(x!)) }),
    },
    {
      kernelName: "Square",
      inputsToSave: ["x"],
      gradFunc: (dy, [x]) => ({ x: () => tf.mul(dy as Tensor, tf.mul(x!, 2)) }),
    },
    {
      kernelName: "Sqrt",
      inputsToSave: ["x"],
      gradFunc: (dy, [x]) => ({ x: () => tf.div(dy as Tensor, tf.mul(tf.sqrt(x!), 2)) }),
    },
    {
      kernelName: "Sum",
      inputsToSave: ["x"],
      gradFunc: (dy, [x], attrs) => ({ x: () => stretched(tf, dy as Tensor, x!, attrs) }),
    },
    {
      kernelName: "Reshape",
      inputsToSave: ["x"],
      gradFunc: (dy, [x]) => ({ x: () => tf.reshape(dy as Tensor, x!.shape) }),
    },
    { kernelName: "BatchMatMul", inputsToSave: ["a", "b"], gradFunc: matMulGradient(tf) },
  ];
}

function stretched(tf: Tf, dy: Tensor, x: Tensor, attrs: NamedAttrMap): Tensor {
  const axes = tf.util.parseAxisParam(attrs.axis as number[], x.shape);
  const kept = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  return tf.mul(tf.reshape(dy, kept), tf.onesLike(x));
}

function matMulGradient(tf: Tf): GradConfig["gradFunc"] {
  return (dy, saved, attrs) => {
    const [a, b] = saved as [Tensor2D, Tensor2D];
    const d = dy as Tensor2D;
    const { transposeA, transposeB } = attrs as unknown as { transposeA: boolean; transposeB: boolean };
    return {
      a: () => (transposeA ? tf.matMul(b, d, transposeB, true) : tf.matMul(d, b, false, !transposeB)),
      b: () => (transposeB ? tf.matMul(d, a, true, transposeA) : tf.matMul(a, d, !transposeA, false)),
    };
  };
}
