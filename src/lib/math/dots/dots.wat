;; Dot products of `count` rows of a matrix with one vector, in double precision. Four partial sums per row, added in
;; the order of memory/distance.ts, so that the bits are those of the plain loop.
;;   rows: i32 [count], row numbers   matrix: f32 [_, dim]   query: f64 [dim]   out: f64 [count]
;; All five places are byte offsets into the memory that is imported.
(module
  (import "rhyme" "memory" (memory 1))
  (func (export "dots")
    (param $rows i32) (param $count i32) (param $matrix i32) (param $dim i32) (param $query i32) (param $out i32)
    (local $i i32) (local $d i32) (local $a i32) (local $b i32) (local $quads i32)
    (local $four v128) (local $s01 v128) (local $s23 v128) (local $tail f64)
    (local.set $quads (i32.and (local.get $dim) (i32.const -4)))
    (block $done
      (loop $row
        (br_if $done (i32.ge_u (local.get $i) (local.get $count)))
        (local.set $a
          (i32.add (local.get $matrix)
            (i32.mul
              (i32.load (i32.add (local.get $rows) (i32.shl (local.get $i) (i32.const 2))))
              (i32.shl (local.get $dim) (i32.const 2)))))
        (local.set $b (local.get $query))
        (local.set $s01 (v128.const f64x2 0 0))
        (local.set $s23 (v128.const f64x2 0 0))
        (local.set $tail (f64.const 0))
        (local.set $d (i32.const 0))
        (block $summed
          (loop $quad
            (br_if $summed (i32.ge_u (local.get $d) (local.get $quads)))
            (local.set $four (v128.load (local.get $a)))
            (local.set $s01
              (f64x2.add (local.get $s01)
                (f64x2.mul (f64x2.promote_low_f32x4 (local.get $four)) (v128.load (local.get $b)))))
            (local.set $s23
              (f64x2.add (local.get $s23)
                (f64x2.mul
                  (f64x2.promote_low_f32x4
                    (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (local.get $four) (local.get $four)))
                  (v128.load offset=16 (local.get $b)))))
            (local.set $a (i32.add (local.get $a) (i32.const 16)))
            (local.set $b (i32.add (local.get $b) (i32.const 32)))
            (local.set $d (i32.add (local.get $d) (i32.const 4)))
            (br $quad)))
        (local.set $tail (f64x2.extract_lane 0 (local.get $s01)))
        (block $whole
          (loop $one
            (br_if $whole (i32.ge_u (local.get $d) (local.get $dim)))
            (local.set $tail
              (f64.add (local.get $tail)
                (f64.mul (f64.promote_f32 (f32.load (local.get $a))) (f64.load (local.get $b)))))
            (local.set $a (i32.add (local.get $a) (i32.const 4)))
            (local.set $b (i32.add (local.get $b) (i32.const 8)))
            (local.set $d (i32.add (local.get $d) (i32.const 1)))
            (br $one)))
        (f64.store (i32.add (local.get $out) (i32.shl (local.get $i) (i32.const 3)))
          (f64.add
            (f64.add (local.get $tail) (f64x2.extract_lane 1 (local.get $s01)))
            (f64.add (f64x2.extract_lane 0 (local.get $s23)) (f64x2.extract_lane 1 (local.get $s23)))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $row)))))
