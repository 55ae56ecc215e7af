/* What is done to single rows of samples. Everything here is a plain loop that compilers turn into vector code. */

#ifndef OIMG_ROWS_H
#define OIMG_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "formula.h"

#if defined(_MSC_VER)
#define ALONE __restrict /* C99's restrict, under the name that MSVC has in every mode */
#else
#define ALONE restrict
#endif

/* Compiled for wider vectors, too, among which the loader chooses by the processor it finds. No contraction of a
   multiplication and an addition, as C99 has it with -std=c99: every version gives the same bits. Where a compiler
   or C library cannot do that, there is the baseline alone. */
#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__) && __GNUC__ >= 12
#define FOR_EACH_PROCESSOR __attribute__((target_clones("arch=x86-64-v4", "avx2", "default")))
#else
#define FOR_EACH_PROCESSOR
#endif

/* 8-bit sRGB anywhere in memory; strides are in bytes and may be negative or zero. An even number of channels means
   that the last one is straight alpha. `light` is the linear light 0..1 of each byte (256 entries), with alpha of
   each alpha * 256 + byte (65,536 entries). */
struct picture {
    const uint8_t *samples;
    ptrdiff_t height, width, channels;
    ptrdiff_t row_stride, column_stride, channel_stride;
    const float *light;
};

/* Linear light of `count` pixels of a row, from column `first`, as red, green and blue. */
void decode_row(const struct picture *picture, ptrdiff_t row, ptrdiff_t first, ptrdiff_t count, float *const light[3]);

/* Means of 2 by 2 samples of two rows of `count`; an odd last column counts twice. Writes (count + 1) / 2. */
void halve_rows(const float *upper, const float *lower, ptrdiff_t count, float *half);

/* Positive XYB of linear light. Channels that are NULL are left out. `cones` is scratch of 3 * count floats. */
void convert_row(const float *const light[3], ptrdiff_t count, float *cones, float *const xyb[CHANNELS]);

/* Blur along a row: reads in[-REACH] to in[count - 1 + REACH]. */
void blur_across(const float *in, ptrdiff_t count, float *out);

/* Blur across rows: `rows` are WINDOW rows, read from `offset`; the middle one is where the result belongs. */
void blur_down(const float *const rows[WINDOW], ptrdiff_t offset, ptrdiff_t count, float *out);

/* Sum of squares, and squared difference, of two rows. */
void combine_squares(const float *first, const float *second, ptrdiff_t count, float *sum, float *difference);

/* Local statistics of a row of original and candidate: both means, the blurred sum of both squares, and the blurred
   squared difference. */
struct statistics {
    const float *first_mean, *second_mean, *squares, *gaps;
};

/* SSIMULACRA2's structure error, never negative. */
void structure_row(const struct statistics *local, ptrdiff_t count, float *error);

/* Relative gain of edges: above zero where the candidate has more than the original, below zero where it has less. */
void edge_row(
    const float *first, const float *second, const struct statistics *local, ptrdiff_t count, float *artifact,
    float *loss
);

/* Add errors, or their fourth powers, to sums of columns. */
void add_first_powers(const float *error, ptrdiff_t count, float *sums);
void add_fourth_powers(const float *error, ptrdiff_t count, float *sums);

#endif
