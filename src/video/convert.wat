;; Pictures of four bytes a pixel to I420, BT.709 in limited range, eight pixels of two lines at a
;; time. Coefficients are scaled by 2^15.
;;
;; Y = 16 + ( 0.18259 R + 0.61423 G + 0.06201 B)
;; U = 128 + (-0.10064 R - 0.33857 G + 0.43922 B), of the mean of 2 x 2 pixels
;; V = 128 + ( 0.43922 R - 0.39894 G - 0.04027 B)
;;
;; A pixel is two lanes of 16 bits: masked they hold its first and third channel, shifted its green
;; and its fourth, whose coefficient is 0. A dot product of each gives one sum a pixel, in its place.
;; Only chroma needs a shuffle, to add neighbours. One function without calls: a call with vectors
;; costs more than what it would do.
(module
  (import "env" "memory" (memory 1))

  ;; $lines is even, $pixels a multiple of eight; lines follow each other without a gap, in the
  ;; pixels as in the planes. Coefficient tables lie at $tables: for each of luma, U and V one for
  ;; first and third channel and one for green, 16 bytes each.
  (func (export "convertBand")
    (param $top i32) (param $pixels i32) (param $lines i32)
    (param $y0 i32) (param $u i32) (param $v i32) (param $tables i32)
    (local $bottom i32) (local $y1 i32) (local $left i32)
    (local $y02 v128) (local $y13 v128) (local $u02 v128) (local $u13 v128)
    (local $v02 v128) (local $v13 v128)
    (local $roundY v128) (local $roundC v128) (local $mask v128)
    (local $x v128) (local $y v128)
    ;; first and third channels, then green, of the left and the right four pixels
    (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (local $p v128) (local $q v128) (local $r v128) (local $s v128)
    (local.set $y02 (v128.load (local.get $tables)))
    (local.set $y13 (v128.load offset=16 (local.get $tables)))
    (local.set $u02 (v128.load offset=32 (local.get $tables)))
    (local.set $u13 (v128.load offset=48 (local.get $tables)))
    (local.set $v02 (v128.load offset=64 (local.get $tables)))
    (local.set $v13 (v128.load offset=80 (local.get $tables)))
    ;; 16 and a half; 128 and a half, scaled by four more for the mean of four pixels
    (local.set $roundY (i32x4.splat (i32.const 540672)))
    (local.set $roundC (i32x4.splat (i32.const 16842752)))
    (local.set $mask (i16x8.splat (i32.const 255)))
    (loop $pair
      (local.set $bottom (i32.add (local.get $top) (i32.shl (local.get $pixels) (i32.const 2))))
      (local.set $y1 (i32.add (local.get $y0) (local.get $pixels)))
      (local.set $left (local.get $pixels))
      (loop $next
        (local.set $x (v128.load (local.get $top)))
        (local.set $y (v128.load offset=16 (local.get $top)))
        (local.set $a (v128.and (local.get $x) (local.get $mask)))
        (local.set $b (v128.and (local.get $y) (local.get $mask)))
        (local.set $c (i16x8.shr_u (local.get $x) (i32.const 8)))
        (local.set $d (i16x8.shr_u (local.get $y) (i32.const 8)))
        ;; luma of eight pixels of the upper line
        (local.set $x (i32x4.shr_s (i32x4.add (local.get $roundY) (i32x4.add
          (i32x4.dot_i16x8_s (local.get $a) (local.get $y02))
          (i32x4.dot_i16x8_s (local.get $c) (local.get $y13)))) (i32.const 15)))
        (local.set $y (i32x4.shr_s (i32x4.add (local.get $roundY) (i32x4.add
          (i32x4.dot_i16x8_s (local.get $b) (local.get $y02))
          (i32x4.dot_i16x8_s (local.get $d) (local.get $y13)))) (i32.const 15)))
        (local.set $x (i16x8.narrow_i32x4_s (local.get $x) (local.get $y)))
        (v128.store64_lane 0 (local.get $y0) (i8x16.narrow_i16x8_u (local.get $x) (local.get $x)))
        (local.set $x (v128.load (local.get $bottom)))
        (local.set $y (v128.load offset=16 (local.get $bottom)))
        (local.set $p (v128.and (local.get $x) (local.get $mask)))
        (local.set $q (v128.and (local.get $y) (local.get $mask)))
        (local.set $r (i16x8.shr_u (local.get $x) (i32.const 8)))
        (local.set $s (i16x8.shr_u (local.get $y) (i32.const 8)))
        ;; luma of eight pixels of the lower line
        (local.set $x (i32x4.shr_s (i32x4.add (local.get $roundY) (i32x4.add
          (i32x4.dot_i16x8_s (local.get $p) (local.get $y02))
          (i32x4.dot_i16x8_s (local.get $r) (local.get $y13)))) (i32.const 15)))
        (local.set $y (i32x4.shr_s (i32x4.add (local.get $roundY) (i32x4.add
          (i32x4.dot_i16x8_s (local.get $q) (local.get $y02))
          (i32x4.dot_i16x8_s (local.get $s) (local.get $y13)))) (i32.const 15)))
        (local.set $x (i16x8.narrow_i32x4_s (local.get $x) (local.get $y)))
        (v128.store64_lane 0 (local.get $y1) (i8x16.narrow_i16x8_u (local.get $x) (local.get $x)))
        ;; sums of both lines, then of neighbours: four of each channel
        (local.set $a (i16x8.add (local.get $a) (local.get $p)))
        (local.set $b (i16x8.add (local.get $b) (local.get $q)))
        (local.set $c (i16x8.add (local.get $c) (local.get $r)))
        (local.set $d (i16x8.add (local.get $d) (local.get $s)))
        (local.set $x (i16x8.add
          (i8x16.shuffle 0 1 2 3 8 9 10 11 16 17 18 19 24 25 26 27 (local.get $a) (local.get $b))
          (i8x16.shuffle 4 5 6 7 12 13 14 15 20 21 22 23 28 29 30 31 (local.get $a) (local.get $b))))
        (local.set $y (i16x8.add
          (i8x16.shuffle 0 1 2 3 8 9 10 11 16 17 18 19 24 25 26 27 (local.get $c) (local.get $d))
          (i8x16.shuffle 4 5 6 7 12 13 14 15 20 21 22 23 28 29 30 31 (local.get $c) (local.get $d))))
        (local.set $a (i32x4.shr_s (i32x4.add (local.get $roundC) (i32x4.add
          (i32x4.dot_i16x8_s (local.get $x) (local.get $u02))
          (i32x4.dot_i16x8_s (local.get $y) (local.get $u13)))) (i32.const 17)))
        (local.set $b (i32x4.shr_s (i32x4.add (local.get $roundC) (i32x4.add
          (i32x4.dot_i16x8_s (local.get $x) (local.get $v02))
          (i32x4.dot_i16x8_s (local.get $y) (local.get $v13)))) (i32.const 17)))
        (local.set $a (i16x8.narrow_i32x4_s (local.get $a) (local.get $b)))
        (local.set $a (i8x16.narrow_i16x8_u (local.get $a) (local.get $a)))
        (v128.store32_lane 0 (local.get $u) (local.get $a))
        (v128.store32_lane 1 (local.get $v) (local.get $a))
        (local.set $top (i32.add (local.get $top) (i32.const 32)))
        (local.set $bottom (i32.add (local.get $bottom) (i32.const 32)))
        (local.set $y0 (i32.add (local.get $y0) (i32.const 8)))
        (local.set $y1 (i32.add (local.get $y1) (i32.const 8)))
        (local.set $u (i32.add (local.get $u) (i32.const 4)))
        (local.set $v (i32.add (local.get $v) (i32.const 4)))
        (br_if $next (local.tee $left (i32.sub (local.get $left) (i32.const 8)))))
      ;; over the lower line, which is done
      (local.set $top (local.get $bottom))
      (local.set $y0 (local.get $y1))
      (br_if $pair (local.tee $lines (i32.sub (local.get $lines) (i32.const 2)))))))
