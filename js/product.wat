;; y = W x + b in float32, four rows and four columns at once. All arguments are bytes: where W, b, x and y begin, the
;; length of a row of W, a multiple of 16, and the length of y, too.
(module
  (import "js" "memory" (memory 0))
  (func (export "product")
    (param $w i32) (param $b i32) (param $x i32) (param $y i32) (param $row i32) (param $length i32)
    (local $w1 i32) (local $w2 i32) (local $w3 i32) (local $i i32) (local $end i32)
    (local $v v128) (local $s0 v128) (local $s1 v128) (local $s2 v128) (local $s3 v128)
    (local.set $end (i32.add (local.get $y) (local.get $length)))
    (loop $rows
      (local.set $w1 (i32.add (local.get $w) (local.get $row)))
      (local.set $w2 (i32.add (local.get $w1) (local.get $row)))
      (local.set $w3 (i32.add (local.get $w2) (local.get $row)))
      (local.set $s0 (v128.const i32x4 0 0 0 0))
      (local.set $s1 (v128.const i32x4 0 0 0 0))
      (local.set $s2 (v128.const i32x4 0 0 0 0))
      (local.set $s3 (v128.const i32x4 0 0 0 0))
      (local.set $i (i32.const 0))
      (loop $columns
        (local.set $v (v128.load (i32.add (local.get $x) (local.get $i))))
        (local.set $s0 (f32x4.add (local.get $s0)
          (f32x4.mul (local.get $v) (v128.load (i32.add (local.get $w) (local.get $i))))))
        (local.set $s1 (f32x4.add (local.get $s1)
          (f32x4.mul (local.get $v) (v128.load (i32.add (local.get $w1) (local.get $i))))))
        (local.set $s2 (f32x4.add (local.get $s2)
          (f32x4.mul (local.get $v) (v128.load (i32.add (local.get $w2) (local.get $i))))))
        (local.set $s3 (f32x4.add (local.get $s3)
          (f32x4.mul (local.get $v) (v128.load (i32.add (local.get $w3) (local.get $i))))))
        (local.set $i (i32.add (local.get $i) (i32.const 16)))
        (br_if $columns (i32.lt_u (local.get $i) (local.get $row))))
      ;; the sum of each of the four, beside one another
      (local.set $s0 (f32x4.add
        (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $s0) (local.get $s1))
        (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $s0) (local.get $s1))))
      (local.set $s2 (f32x4.add
        (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $s2) (local.get $s3))
        (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $s2) (local.get $s3))))
      (v128.store (local.get $y) (f32x4.add (v128.load (local.get $b)) (f32x4.add
        (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $s0) (local.get $s2))
        (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $s0) (local.get $s2)))))
      (local.set $w (i32.add (local.get $w3) (local.get $row)))
      (local.set $b (i32.add (local.get $b) (i32.const 16)))
      (local.set $y (i32.add (local.get $y) (i32.const 16)))
      (br_if $rows (i32.lt_u (local.get $y) (local.get $end))))))
