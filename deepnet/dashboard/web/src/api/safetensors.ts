// Reading safetensors: 8 bytes of length, a header in JSON, then the numbers. https://github.com/huggingface/safetensors

export type Numbers = Float32Array | Float64Array | Int32Array | Uint8Array | BigInt64Array;

export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Numbers;
}

export interface Tensors {
  readonly arrays: ReadonlyMap<string, Tensor>;
  readonly about: Readonly<Record<string, string>>;
}

interface Entry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

const TYPES: Record<string, new (buffer: ArrayBuffer) => Numbers> = {
  F32: Float32Array,
  F64: Float64Array,
  I32: Int32Array,
  I64: BigInt64Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
};

/** Return what is in the file that begins at *start* of *bytes*. Throws an Error if that is none. */
export function readTensors(bytes: ArrayBuffer, start = 0): Tensors {
  const size = Number(new DataView(bytes).getBigUint64(start, true));
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, start + 8, size))) as Record<string, unknown>;
  const body = start + 8 + size;
  const arrays = new Map<string, Tensor>();
  for (const [name, said] of Object.entries(header)) {
    if (name === "__metadata__") continue;
    const { dtype, shape, data_offsets: [first, last] } = said as Entry;
    const type = TYPES[dtype];
    if (type === undefined) throw new Error(`an array of ${dtype} cannot be read here`);
    // A copy: numbers may begin anywhere in a frame, and typed arrays must be aligned.
    arrays.set(name, { shape, data: new type(bytes.slice(body + first, body + last)) });
  }
  return { arrays, about: (header["__metadata__"] ?? {}) as Record<string, string> };
}

/** Return the numbers called *name* as they are, or undefined if there are none. */
export function floats(tensors: Tensors, name: string): Float32Array | undefined {
  const tensor = tensors.arrays.get(name);
  if (tensor === undefined) return undefined;
  return tensor.data instanceof Float32Array ? tensor.data : Float32Array.from(tensor.data as ArrayLike<number>);
}
