;; Pictures of four bytes a pixel to I420, BT.709 in limited range, eight pixels of two lines at a
;; time. Coefficients are scaled by 2^15.
;;
;; Y = 16 + ( 0.18259 R + 0.61423 G + 0.06201 B)
;; U = 128 + (-0.10064 R - 0.33857 G + 0.43922 B), of the mean of 2 x 2 pixels
;; V = 128 + ( 0.43922 R - 0.39894 G - 0.04027 B)
;;
;; A dot product of 16-bit lanes gives, for each pixel, first*c0 + G*c1 and third*c2; adding both is
;; a shuffle of even and odd lanes. One function without calls: a call with vectors costs more than
;; what it would do.
(module
  (import "env" "memory" (memory 1))

  ;; $lines is even, $pixels a multiple of eight; lines follow each other without a gap, in the
  ;; pixels as in the planes. Coefficient tables lie at $tables: luma, U, V, 16 bytes each, in the
  ;; order of the channels in memory.
  (func (export "convertBand")
    (param $top i32) (param $pixels i32) (param $lines i32)
    (param $y0 i32) (param $u i32) (param $v i32) (param $tables i32)
    (local $bottom i32) (local $y1 i32) (local $left i32)
    (local $cy v128) (local $cu v128) (local $cv v128) (local $roundY v128) (local $roundC v128)
    (local $x v128) (local $y v128) (local $z v128)
    (local $p0 v128) (local $p1 v128) (local $p2 v128) (local $p3 v128)
    (local $q0 v128) (local $q1 v128) (local $q2 v128) (local $q3 v128)
    (local.set $cy (v128.load (local.get $tables)))
    (local.set $cu (v128.load offset=16 (local.get $tables)))
    (local.set $cv (v128.load offset=32 (local.get $tables)))
    ;; 16 and a half; 128 and a half, scaled by four more for the mean of four pixels
    (local.set $roundY (i32x4.splat (i32.const 540672)))
    (local.set $roundC (i32x4.splat (i32.const 16842752)))
    (loop $pair
      (local.set $bottom (i32.add (local.get $top) (i32.shl (local.get $pixels) (i32.const 2))))
      (local.set $y1 (i32.add (local.get $y0) (local.get $pixels)))
      (local.set $left (local.get $pixels))
      (loop $next
        (local.set $p0 (v128.load8x8_u (local.get $top)))
        (local.set $p1 (v128.load8x8_u offset=8 (local.get $top)))
        (local.set $p2 (v128.load8x8_u offset=16 (local.get $top)))
        (local.set $p3 (v128.load8x8_u offset=24 (local.get $top)))
        ;; luma of eight pixels of the upper line
        (local.set $x (i32x4.dot_i16x8_s (local.get $p0) (local.get $cy)))
        (local.set $y (i32x4.dot_i16x8_s (local.get $p1) (local.get $cy)))
        (local.set $x (i32x4.add
          (i8x16.shuffle 0 1 2 3 8 9 10 11 16 17 18 19 24 25 26 27 (local.get $x) (local.get $y))
          (i8x16.shuffle 4 5 6 7 12 13 14 15 20 21 22 23 28 29 30 31 (local.get $x) (local.get $y))))
        (local.set $z (i32x4.shr_s (i32x4.add (local.get $x) (local.get $roundY)) (i32.const 15)))
        (local.set $x (i32x4.dot_i16x8_s (local.get $p2) (local.get $cy)))
        (local.set $y (i32x4.dot_i16x8_s (local.get $p3) (local.get $cy)))
        (local.set $x (i32x4.add
          (i8x16.shuffle 0 1 2 3 8 9 10 11 16 17 18 19 24 25 26 27 (local.get $x) (local.get $y))
          (i8x16.shuffle 4 5 6 7 12 13 14 15 20 21 22 23 28 29 30 31 (local.get $x) (local.get $y))))
        (local.set $x (i32x4.shr_s (i32x4.add (local.get $x) (local.get $roundY)) (i32.const 15)))
        (local.set $z (i16x8.narrow_i32x4_s (local.get $z) (local.get $x)))
        (v128.store64_lane 0 (local.get $y0) (i8x16.narrow_i16x8_u (local.get $z) (local.get $z)))
        (local.set $q0 (v128.load8x8_u (local.get $bottom)))
        (local.set $q1 (v128.load8x8_u offset=8 (local.get $bottom)))
        (local.set $q2 (v128.load8x8_u offset=16 (local.get $bottom)))
        (local.set $q3 (v128.load8x8_u offset=24 (local.get $bottom)))
        ;; luma of eight pixels of the lower line
        (local.set $x (i32x4.dot_i16x8_s (local.get $q0) (local.get $cy)))
        (local.set $y (i32x4.dot_i16x8_s (local.get $q1) (local.get $cy)))
        (local.set $x (i32x4.add
          (i8x16.shuffle 0 1 2 3 8 9 10 11 16 17 18 19 24 25 26 27 (local.get $x) (local.get $y))
          (i8x16.shuffle 4 5 6 7 12 13 14 15 20 21 22 23 28 29 30 31 (local.get $x) (local.get $y))))
        (local.set $z (i32x4.shr_s (i32x4.add (local.get $x) (local.get $roundY)) (i32.const 15)))
        (local.set $x (i32x4.dot_i16x8_s (local.get $q2) (local.get $cy)))
        (local.set $y (i32x4.dot_i16x8_s (local.get $q3) (local.get $cy)))
        (local.set $x (i32x4.add
          (i8x16.shuffle 0 1 2 3 8 9 10 11 16 17 18 19 24 25 26 27 (local.get $x) (local.get $y))
          (i8x16.shuffle 4 5 6 7 12 13 14 15 20 21 22 23 28 29 30 31 (local.get $x) (local.get $y))))
        (local.set $x (i32x4.shr_s (i32x4.add (local.get $x) (local.get $roundY)) (i32.const 15)))
        (local.set $z (i16x8.narrow_i32x4_s (local.get $z) (local.get $x)))
        (v128.store64_lane 0 (local.get $y1) (i8x16.narrow_i16x8_u (local.get $z) (local.get $z)))
        (local.set $p0 (i16x8.add (local.get $p0) (local.get $q0)))
        (local.set $p1 (i16x8.add (local.get $p1) (local.get $q1)))
        (local.set $p2 (i16x8.add (local.get $p2) (local.get $q2)))
        (local.set $p3 (i16x8.add (local.get $p3) (local.get $q3)))
        ;; U of the sums of both lines: pixels, then pairs of pixels
        (local.set $x (i32x4.dot_i16x8_s (local.get $p0) (local.get $cu)))
        (local.set $y (i32x4.dot_i16x8_s (local.get $p1) (local.get $cu)))
        (local.set $x (i32x4.add
          (i8x16.shuffle 0 1 2 3 8 9 10 11 16 17 18 19 24 25 26 27 (local.get $x) (local.get $y))
          (i8x16.shuffle 4 5 6 7 12 13 14 15 20 21 22 23 28 29 30 31 (local.get $x) (local.get $y))))
        (local.set $z (local.get $x))
        (local.set $x (i32x4.dot_i16x8_s (local.get $p2) (local.get $cu)))
        (local.set $y (i32x4.dot_i16x8_s (local.get $p3) (local.get $cu)))
        (local.set $x (i32x4.add
          (i8x16.shuffle 0 1 2 3 8 9 10 11 16 17 18 19 24 25 26 27 (local.get $x) (local.get $y))
          (i8x16.shuffle 4 5 6 7 12 13 14 15 20 21 22 23 28 29 30 31 (local.get $x) (local.get $y))))
        (local.set $x (i32x4.add
          (i8x16.shuffle 0 1 2 3 8 9 10 11 16 17 18 19 24 25 26 27 (local.get $z) (local.get $x))
          (i8x16.shuffle 4 5 6 7 12 13 14 15 20 21 22 23 28 29 30 31 (local.get $z) (local.get $x))))
        (local.set $x (i32x4.shr_s (i32x4.add (local.get $x) (local.get $roundC)) (i32.const 17)))
        (local.set $x (i16x8.narrow_i32x4_s (local.get $x) (local.get $x)))
        (v128.store32_lane 0 (local.get $u) (i8x16.narrow_i16x8_u (local.get $x) (local.get $x)))
        ;; V of the sums of both lines: pixels, then pairs of pixels
        (local.set $x (i32x4.dot_i16x8_s (local.get $p0) (local.get $cv)))
        (local.set $y (i32x4.dot_i16x8_s (local.get $p1) (local.get $cv)))
        (local.set $x (i32x4.add
          (i8x16.shuffle 0 1 2 3 8 9 10 11 16 17 18 19 24 25 26 27 (local.get $x) (local.get $y))
          (i8x16.shuffle 4 5 6 7 12 13 14 15 20 21 22 23 28 29 30 31 (local.get $x) (local.get $y))))
        (local.set $z (local.get $x))
        (local.set $x (i32x4.dot_i16x8_s (local.get $p2) (local.get $cv)))
        (local.set $y (i32x4.dot_i16x8_s (local.get $p3) (local.get $cv)))
        (local.set $x (i32x4.add
          (i8x16.shuffle 0 1 2 3 8 9 10 11 16 17 18 19 24 25 26 27 (local.get $x) (local.get $y))
          (i8x16.shuffle 4 5 6 7 12 13 14 15 20 21 22 23 28 29 30 31 (local.get $x) (local.get $y))))
        (local.set $x (i32x4.add
          (i8x16.shuffle 0 1 2 3 8 9 10 11 16 17 18 19 24 25 26 27 (local.get $z) (local.get $x))
          (i8x16.shuffle 4 5 6 7 12 13 14 15 20 21 22 23 28 29 30 31 (local.get $z) (local.get $x))))
        (local.set $x (i32x4.shr_s (i32x4.add (local.get $x) (local.get $roundC)) (i32.const 17)))
        (local.set $x (i16x8.narrow_i32x4_s (local.get $x) (local.get $x)))
        (v128.store32_lane 0 (local.get $v) (i8x16.narrow_i16x8_u (local.get $x) (local.get $x)))
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
