;; Multiplies shards by a matrix over GF(2^8), 16 bytes at a time.
;;
;; A product with a constant c is two look-ups, since c*(high + low) = c*high + c*low: 16 entries for
;; each nibble, which is what i8x16.swizzle does in one step. So a coefficient is a table of 32
;; bytes: c times 0..15, then c times 0,16..240.
;;
;; Up to four output rows are computed in one pass, so that each input is read once for four.
(module
  (import "env" "memory" (memory 1))

  (func $product (param $table i32) (param $low v128) (param $high v128) (result v128)
    (v128.xor
      (i8x16.swizzle (v128.load (local.get $table)) (local.get $low))
      (i8x16.swizzle (v128.load offset=16 (local.get $table)) (local.get $high))))

  ;; outputs[row] = sum over inputs of coefficient[row][input] * inputs[input], for one row
  (func $rows1
    (param $inputs i32) (param $output i32) (param $tables i32)
    (param $count i32) (param $stride i32) (param $bytes i32)
    (local $at i32) (local $source i32) (local $table i32) (local $left i32)
    (local $value v128) (local $sum v128)
    (loop $columns
      (local.set $sum (v128.const i64x2 0 0))
      (local.set $source (i32.add (local.get $inputs) (local.get $at)))
      (local.set $table (local.get $tables))
      (local.set $left (local.get $count))
      (loop $each
        (local.set $value (v128.load (local.get $source)))
        (local.set $sum (v128.xor (local.get $sum)
          (call $product (local.get $table)
            (v128.and (local.get $value) (v128.const i8x16 15 15 15 15 15 15 15 15 15 15 15 15 15 15 15 15))
            (i8x16.shr_u (local.get $value) (i32.const 4)))))
        (local.set $source (i32.add (local.get $source) (local.get $stride)))
        (local.set $table (i32.add (local.get $table) (i32.const 32)))
        (br_if $each (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
      (v128.store (i32.add (local.get $output) (local.get $at)) (local.get $sum))
      (br_if $columns
        (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 16))) (local.get $bytes)))))

  ;; the same for four rows; $span is the length of one row of tables
  (func $rows4
    (param $inputs i32) (param $output i32) (param $tables i32)
    (param $count i32) (param $stride i32) (param $bytes i32) (param $span i32)
    (local $at i32) (local $source i32) (local $table i32) (local $left i32) (local $to i32)
    (local $value v128) (local $low v128) (local $high v128)
    (local $sum0 v128) (local $sum1 v128) (local $sum2 v128) (local $sum3 v128)
    (loop $columns
      (local.set $sum0 (v128.const i64x2 0 0)) (local.set $sum1 (v128.const i64x2 0 0))
      (local.set $sum2 (v128.const i64x2 0 0)) (local.set $sum3 (v128.const i64x2 0 0))
      (local.set $source (i32.add (local.get $inputs) (local.get $at)))
      (local.set $table (local.get $tables))
      (local.set $left (local.get $count))
      (loop $each
        (local.set $value (v128.load (local.get $source)))
        (local.set $low (v128.and (local.get $value)
          (v128.const i8x16 15 15 15 15 15 15 15 15 15 15 15 15 15 15 15 15)))
        (local.set $high (i8x16.shr_u (local.get $value) (i32.const 4)))
        (local.set $sum0 (v128.xor (local.get $sum0)
          (call $product (local.get $table) (local.get $low) (local.get $high))))
        (local.set $to (i32.add (local.get $table) (local.get $span)))
        (local.set $sum1 (v128.xor (local.get $sum1)
          (call $product (local.get $to) (local.get $low) (local.get $high))))
        (local.set $to (i32.add (local.get $to) (local.get $span)))
        (local.set $sum2 (v128.xor (local.get $sum2)
          (call $product (local.get $to) (local.get $low) (local.get $high))))
        (local.set $to (i32.add (local.get $to) (local.get $span)))
        (local.set $sum3 (v128.xor (local.get $sum3)
          (call $product (local.get $to) (local.get $low) (local.get $high))))
        (local.set $source (i32.add (local.get $source) (local.get $stride)))
        (local.set $table (i32.add (local.get $table) (i32.const 32)))
        (br_if $each (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
      (local.set $to (i32.add (local.get $output) (local.get $at)))
      (v128.store (local.get $to) (local.get $sum0))
      (local.set $to (i32.add (local.get $to) (local.get $stride)))
      (v128.store (local.get $to) (local.get $sum1))
      (local.set $to (i32.add (local.get $to) (local.get $stride)))
      (v128.store (local.get $to) (local.get $sum2))
      (local.set $to (i32.add (local.get $to) (local.get $stride)))
      (v128.store (local.get $to) (local.get $sum3))
      (br_if $columns
        (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 16))) (local.get $bytes)))))

  ;; $rows outputs from $count inputs, both with $stride from one shard to the next; $bytes of each
  ;; shard, rounded up to 16 by the caller; tables lie row by row
  (func (export "multiply")
    (param $inputs i32) (param $outputs i32) (param $tables i32)
    (param $count i32) (param $rows i32) (param $stride i32) (param $bytes i32)
    (local $span i32)
    (local.set $span (i32.mul (local.get $count) (i32.const 32)))
    (block $done
      (loop $fours
        (br_if $done (i32.lt_u (local.get $rows) (i32.const 4)))
        (call $rows4 (local.get $inputs) (local.get $outputs) (local.get $tables)
          (local.get $count) (local.get $stride) (local.get $bytes) (local.get $span))
        (local.set $outputs (i32.add (local.get $outputs) (i32.mul (local.get $stride) (i32.const 4))))
        (local.set $tables (i32.add (local.get $tables) (i32.mul (local.get $span) (i32.const 4))))
        (local.set $rows (i32.sub (local.get $rows) (i32.const 4)))
        (br $fours)))
    (block $end
      (loop $ones
        (br_if $end (i32.eqz (local.get $rows)))
        (call $rows1 (local.get $inputs) (local.get $outputs) (local.get $tables)
          (local.get $count) (local.get $stride) (local.get $bytes))
        (local.set $outputs (i32.add (local.get $outputs) (local.get $stride)))
        (local.set $tables (i32.add (local.get $tables) (local.get $span)))
        (local.set $rows (i32.sub (local.get $rows) (i32.const 1)))
        (br $ones)))))
