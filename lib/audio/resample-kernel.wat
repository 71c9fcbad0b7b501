;; Inner loops of the polyphase resampler. All addresses and strides are bytes;
;; a filter row is a multiple of 8 taps. Every output is summed in the same
;; order whichever loop makes it, so that blocks can be cut anywhere.
(module
  (memory (import "env" "memory") 1)

  ;; Outputs that share a phase share its row of the filter, so the outer loop
  ;; goes over phases and the inner one over outputs `up` apart, in threes: two
  ;; sums each of four lanes is what keeps the usual processors busiest.
  (func (export "run")
    (param $rows i32) (param $width i32) (param $x i32) (param $y i32)
    (param $count i32) (param $phase i32) (param $up i32) (param $down i32)
    (local $step i32) (local $rest i32) (local $dx i32) (local $dy i32)
    (local $end i32) (local $last i32) (local $row i32) (local $stop i32)
    (local $c i32) (local $pa i32) (local $pb i32) (local $pc i32)
    (local $x1 i32) (local $y1 i32) (local $y2 i32) (local $y3 i32)
    (local $k v128) (local $a0 v128) (local $a1 v128)
    (local $b0 v128) (local $b1 v128) (local $c0 v128) (local $c1 v128)
    (local.set $step
      (i32.shl (i32.div_u (local.get $down) (local.get $up)) (i32.const 2)))
    (local.set $rest (i32.rem_u (local.get $down) (local.get $up)))
    (local.set $dx (i32.shl (local.get $down) (i32.const 2)))
    (local.set $dy (i32.shl (local.get $up) (i32.const 2)))
    (local.set $end
      (i32.add (local.get $y) (i32.shl (local.get $count) (i32.const 2))))
    (local.set $last
      (select (i32.add (local.get $y) (local.get $dy)) (local.get $end)
        (i32.lt_u (local.get $up) (local.get $count))))
    (block $done
      (loop $phases
        (br_if $done (i32.ge_u (local.get $y) (local.get $last)))
        (local.set $row
          (i32.add (local.get $rows)
            (i32.mul (local.get $phase) (local.get $width))))
        (local.set $stop (i32.add (local.get $row) (local.get $width)))
        (local.set $x1 (local.get $x))
        (local.set $y1 (local.get $y))
        (block $few
          (loop $threes
            (local.set $y2 (i32.add (local.get $y1) (local.get $dy)))
            (local.set $y3 (i32.add (local.get $y2) (local.get $dy)))
            (br_if $few (i32.ge_u (local.get $y3) (local.get $end)))
            (local.set $c (local.get $row))
            (local.set $pa (local.get $x1))
            (local.set $pb (i32.add (local.get $pa) (local.get $dx)))
            (local.set $pc (i32.add (local.get $pb) (local.get $dx)))
            (local.set $a0 (v128.const i32x4 0 0 0 0))
            (local.set $a1 (v128.const i32x4 0 0 0 0))
            (local.set $b0 (v128.const i32x4 0 0 0 0))
            (local.set $b1 (v128.const i32x4 0 0 0 0))
            (local.set $c0 (v128.const i32x4 0 0 0 0))
            (local.set $c1 (v128.const i32x4 0 0 0 0))
            (loop $taps
              (local.set $k (v128.load (local.get $c)))
              (local.set $a0 (f32x4.add (local.get $a0)
                (f32x4.mul (local.get $k) (v128.load (local.get $pa)))))
              (local.set $b0 (f32x4.add (local.get $b0)
                (f32x4.mul (local.get $k) (v128.load (local.get $pb)))))
              (local.set $c0 (f32x4.add (local.get $c0)
                (f32x4.mul (local.get $k) (v128.load (local.get $pc)))))
              (local.set $k (v128.load offset=16 (local.get $c)))
              (local.set $a1 (f32x4.add (local.get $a1)
                (f32x4.mul (local.get $k) (v128.load offset=16 (local.get $pa)))))
              (local.set $b1 (f32x4.add (local.get $b1)
                (f32x4.mul (local.get $k) (v128.load offset=16 (local.get $pb)))))
              (local.set $c1 (f32x4.add (local.get $c1)
                (f32x4.mul (local.get $k) (v128.load offset=16 (local.get $pc)))))
              (local.set $pa (i32.add (local.get $pa) (i32.const 32)))
              (local.set $pb (i32.add (local.get $pb) (i32.const 32)))
              (local.set $pc (i32.add (local.get $pc) (i32.const 32)))
              (br_if $taps (i32.lt_u
                (local.tee $c (i32.add (local.get $c) (i32.const 32)))
                (local.get $stop))))
            (local.set $a0 (f32x4.add (local.get $a0) (local.get $a1)))
            (local.set $b0 (f32x4.add (local.get $b0) (local.get $b1)))
            (local.set $c0 (f32x4.add (local.get $c0) (local.get $c1)))
            (local.set $a0 (f32x4.add (local.get $a0)
              (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7
                (local.get $a0) (local.get $a0))))
            (local.set $b0 (f32x4.add (local.get $b0)
              (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7
                (local.get $b0) (local.get $b0))))
            (local.set $c0 (f32x4.add (local.get $c0)
              (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7
                (local.get $c0) (local.get $c0))))
            (f32.store (local.get $y1) (f32.add
              (f32x4.extract_lane 0 (local.get $a0))
              (f32x4.extract_lane 1 (local.get $a0))))
            (f32.store (local.get $y2) (f32.add
              (f32x4.extract_lane 0 (local.get $b0))
              (f32x4.extract_lane 1 (local.get $b0))))
            (f32.store (local.get $y3) (f32.add
              (f32x4.extract_lane 0 (local.get $c0))
              (f32x4.extract_lane 1 (local.get $c0))))
            (local.set $x1 (i32.add (local.get $x1)
              (i32.mul (local.get $dx) (i32.const 3))))
            (local.set $y1 (i32.add (local.get $y3) (local.get $dy)))
            (br $threes)))
        (block $none
          (loop $singles
            (br_if $none (i32.ge_u (local.get $y1) (local.get $end)))
            (local.set $c (local.get $row))
            (local.set $pa (local.get $x1))
            (local.set $a0 (v128.const i32x4 0 0 0 0))
            (local.set $a1 (v128.const i32x4 0 0 0 0))
            (loop $taps
              (local.set $a0 (f32x4.add (local.get $a0) (f32x4.mul
                (v128.load (local.get $c))
                (v128.load (local.get $pa)))))
              (local.set $a1 (f32x4.add (local.get $a1) (f32x4.mul
                (v128.load offset=16 (local.get $c))
                (v128.load offset=16 (local.get $pa)))))
              (local.set $pa (i32.add (local.get $pa) (i32.const 32)))
              (br_if $taps (i32.lt_u
                (local.tee $c (i32.add (local.get $c) (i32.const 32)))
                (local.get $stop))))
            (local.set $a0 (f32x4.add (local.get $a0) (local.get $a1)))
            (local.set $a0 (f32x4.add (local.get $a0)
              (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7
                (local.get $a0) (local.get $a0))))
            (f32.store (local.get $y1) (f32.add
              (f32x4.extract_lane 0 (local.get $a0))
              (f32x4.extract_lane 1 (local.get $a0))))
            (local.set $x1 (i32.add (local.get $x1) (local.get $dx)))
            (local.set $y1 (i32.add (local.get $y1) (local.get $dy)))
            (br $singles)))
        (local.set $x (i32.add (local.get $x) (local.get $step)))
        (local.set $phase (i32.add (local.get $phase) (local.get $rest)))
        (if (i32.ge_u (local.get $phase) (local.get $up))
          (then
            (local.set $phase (i32.sub (local.get $phase) (local.get $up)))
            (local.set $x (i32.add (local.get $x) (i32.const 4)))))
        (local.set $y (i32.add (local.get $y) (i32.const 4)))
        (br $phases))))

  ;; Where there are more phases than rows: each output lies between two
  ;; neighbouring rows, `scale` rows a phase.
  (func (export "blend")
    (param $rows i32) (param $width i32) (param $x i32) (param $y i32)
    (param $count i32) (param $phase i32) (param $up i32) (param $down i32)
    (param $scale f64)
    (local $step i32) (local $rest i32) (local $end i32) (local $stop i32)
    (local $c i32) (local $d i32) (local $p i32) (local $at f64) (local $k v128)
    (local $a0 v128) (local $a1 v128) (local $b0 v128) (local $b1 v128)
    (local $low f32)
    (local.set $step
      (i32.shl (i32.div_u (local.get $down) (local.get $up)) (i32.const 2)))
    (local.set $rest (i32.rem_u (local.get $down) (local.get $up)))
    (local.set $end
      (i32.add (local.get $y) (i32.shl (local.get $count) (i32.const 2))))
    (block $done
      (loop $outputs
        (br_if $done (i32.ge_u (local.get $y) (local.get $end)))
        (local.set $at (f64.mul
          (f64.convert_i32_u (local.get $phase)) (local.get $scale)))
        (local.set $c (i32.add (local.get $rows) (i32.mul
          (i32.trunc_f64_u (local.get $at)) (local.get $width))))
        (local.set $d (i32.add (local.get $c) (local.get $width)))
        (local.set $stop (local.get $d))
        (local.set $p (local.get $x))
        (local.set $a0 (v128.const i32x4 0 0 0 0))
        (local.set $a1 (v128.const i32x4 0 0 0 0))
        (local.set $b0 (v128.const i32x4 0 0 0 0))
        (local.set $b1 (v128.const i32x4 0 0 0 0))
        (loop $taps
          (local.set $k (v128.load (local.get $p)))
          (local.set $a0 (f32x4.add (local.get $a0)
            (f32x4.mul (local.get $k) (v128.load (local.get $c)))))
          (local.set $b0 (f32x4.add (local.get $b0)
            (f32x4.mul (local.get $k) (v128.load (local.get $d)))))
          (local.set $k (v128.load offset=16 (local.get $p)))
          (local.set $a1 (f32x4.add (local.get $a1)
            (f32x4.mul (local.get $k) (v128.load offset=16 (local.get $c)))))
          (local.set $b1 (f32x4.add (local.get $b1)
            (f32x4.mul (local.get $k) (v128.load offset=16 (local.get $d)))))
          (local.set $p (i32.add (local.get $p) (i32.const 32)))
          (local.set $d (i32.add (local.get $d) (i32.const 32)))
          (br_if $taps (i32.lt_u
            (local.tee $c (i32.add (local.get $c) (i32.const 32)))
            (local.get $stop))))
        (local.set $a0 (f32x4.add (local.get $a0) (local.get $a1)))
        (local.set $b0 (f32x4.add (local.get $b0) (local.get $b1)))
        (local.set $b0 (f32x4.sub (local.get $b0) (local.get $a0)))
        (local.set $a0 (f32x4.add (local.get $a0)
          (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7
            (local.get $a0) (local.get $a0))))
        (local.set $b0 (f32x4.add (local.get $b0)
          (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7
            (local.get $b0) (local.get $b0))))
        (local.set $low (f32.add
          (f32x4.extract_lane 0 (local.get $a0))
          (f32x4.extract_lane 1 (local.get $a0))))
        (f32.store (local.get $y) (f32.add (local.get $low) (f32.mul
          (f32.demote_f64
            (f64.sub (local.get $at) (f64.trunc (local.get $at))))
          (f32.add
            (f32x4.extract_lane 0 (local.get $b0))
            (f32x4.extract_lane 1 (local.get $b0))))))
        (local.set $x (i32.add (local.get $x) (local.get $step)))
        (local.set $phase (i32.add (local.get $phase) (local.get $rest)))
        (if (i32.ge_u (local.get $phase) (local.get $up))
          (then
            (local.set $phase (i32.sub (local.get $phase) (local.get $up)))
            (local.set $x (i32.add (local.get $x) (i32.const 4)))))
        (local.set $y (i32.add (local.get $y) (i32.const 4)))
        (br $outputs)))))
