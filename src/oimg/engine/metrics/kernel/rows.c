#include "rows.h"

#include <math.h>
#include <string.h>

/* Light of three colors at once: a table is faster to read than any vector code is to compute. */
FOR_EACH_PROCESSOR
static void decode_colors(
    const uint8_t *pixel, ptrdiff_t step, ptrdiff_t channel, const float *table, ptrdiff_t count, float *ALONE red,
    float *ALONE green, float *ALONE blue
)
{
    for (ptrdiff_t i = 0; i < count; i++, pixel += step) {
        red[i] = table[pixel[0]];
        green[i] = table[pixel[channel]];
        blue[i] = table[pixel[2 * channel]];
    }
}

static void decode_gray(const uint8_t *pixel, ptrdiff_t step, const float *table, ptrdiff_t count, float *ALONE light)
{
    for (ptrdiff_t i = 0; i < count; i++, pixel += step) {
        light[i] = table[*pixel];
    }
}

static void decode_blended(
    const uint8_t *sample, const uint8_t *alpha, ptrdiff_t step, const float *table, ptrdiff_t count, float *ALONE light
)
{
    for (ptrdiff_t i = 0; i < count; i++) {
        light[i] = table[((unsigned)alpha[i * step] << 8) | sample[i * step]];
    }
}

void decode_row(const struct picture *picture, ptrdiff_t row, ptrdiff_t first, ptrdiff_t count, float *const light[3])
{
    const ptrdiff_t step = picture->column_stride, channel = picture->channel_stride;
    const int colors = picture->channels < 3 ? 1 : 3;
    const uint8_t *pixel = picture->samples + row * picture->row_stride + first * step;
    if (picture->channels == 3) {
        decode_colors(pixel, step, channel, picture->light, count, light[0], light[1], light[2]);
    } else if (picture->channels == 1) {
        decode_gray(pixel, step, picture->light, count, light[0]);
    } else {
        for (int color = 0; color < colors; color++) {
            const uint8_t *alpha = pixel + (picture->channels - 1) * channel;
            decode_blended(pixel + color * channel, alpha, step, picture->light, count, light[color]);
        }
    }
    for (int color = colors; color < 3; color++) {
        memcpy(light[color], light[0], (size_t)count * sizeof(float));
    }
}

FOR_EACH_PROCESSOR
void halve_rows(const float *upper, const float *lower, ptrdiff_t count, float *ALONE half)
{
    const ptrdiff_t pairs = count / 2;
    for (ptrdiff_t i = 0; i < pairs; i++) {
        half[i] = ((upper[2 * i] + lower[2 * i]) + (upper[2 * i + 1] + lower[2 * i + 1])) * 0.25f;
    }
    if (count % 2) {
        half[pairs] = (upper[count - 1] + lower[count - 1]) * 0.5f;
    }
}

/* Cube root of a value from about 0.003 to 2, to a few units in the last place.

   The inverse cube root r is guessed from the exponent, as -1/3 of the number that the bits are (so that the guess is
   within 4 %), then improved: with the error h = 1 - v r^3, r / cbrt(1 - h) is exact, and the series of that root is
   taken to h^3, then to h^1. v r^2 is the cube root itself. No division, and no branch. */
static inline float cube_root(float value)
{
    int32_t bits;
    float root, miss;
    memcpy(&bits, &value, sizeof bits);
    bits = (int32_t)(1419967085.0f - (float)bits * (1.0f / 3.0f));
    memcpy(&root, &bits, sizeof root);
    miss = 1.0f - value * root * root * root;
    root += root * miss * (1.0f / 3.0f + miss * (2.0f / 9.0f + miss * (14.0f / 81.0f)));
    miss = 1.0f - value * root * root * root;
    root += root * miss * (1.0f / 3.0f);
    return value * root * root;
}

FOR_EACH_PROCESSOR
static void cone_row(const float *const light[3], const float *weights, ptrdiff_t count, float *ALONE response)
{
    const float *red = light[0], *green = light[1], *blue = light[2];
    const float of_red = weights[0], of_green = weights[1], of_blue = weights[2];
    for (ptrdiff_t i = 0; i < count; i++) {
        response[i] = cube_root(of_red * red[i] + of_green * green[i] + of_blue * blue[i] + OPSIN_BIAS);
    }
}

FOR_EACH_PROCESSOR
void convert_row(const float *const light[3], ptrdiff_t count, float *cones, float *const xyb[CHANNELS])
{
    float *lengths = cones, *mediums = cones + count, *shorts = cones + 2 * count;
    cone_row(light, OPSIN[0], count, lengths);
    cone_row(light, OPSIN[1], count, mediums);
    if (xyb[CHANNEL_X]) {
        float *ALONE x = xyb[CHANNEL_X];
        for (ptrdiff_t i = 0; i < count; i++) {
            x[i] = (lengths[i] - mediums[i]) * (0.5f * X_GAIN) + OFFSETS[CHANNEL_X];
        }
    }
    if (xyb[CHANNEL_Y]) {
        float *ALONE y = xyb[CHANNEL_Y];
        for (ptrdiff_t i = 0; i < count; i++) {
            y[i] = (lengths[i] + mediums[i]) * 0.5f - OPSIN_BIAS_ROOT + OFFSETS[CHANNEL_Y];
        }
    }
    if (xyb[CHANNEL_B]) {
        float *ALONE b = xyb[CHANNEL_B];
        cone_row(light, OPSIN[2], count, shorts);
        for (ptrdiff_t i = 0; i < count; i++) {
            b[i] = shorts[i] - (lengths[i] + mediums[i]) * 0.5f + OFFSETS[CHANNEL_B];
        }
    }
}

FOR_EACH_PROCESSOR
void blur_across(const float *in, ptrdiff_t count, float *ALONE out)
{
    for (ptrdiff_t i = 0; i < count; i++) {
        out[i] = TAPS[0] * in[i] + TAPS[1] * (in[i - 1] + in[i + 1]) + TAPS[2] * (in[i - 2] + in[i + 2])
            + TAPS[3] * (in[i - 3] + in[i + 3]) + TAPS[4] * (in[i - 4] + in[i + 4]);
    }
}

FOR_EACH_PROCESSOR
void blur_down(const float *const rows[WINDOW], ptrdiff_t offset, ptrdiff_t count, float *ALONE out)
{
    const float *a = rows[0] + offset, *b = rows[1] + offset, *c = rows[2] + offset, *d = rows[3] + offset;
    const float *e = rows[4] + offset, *f = rows[5] + offset, *g = rows[6] + offset, *h = rows[7] + offset;
    const float *k = rows[8] + offset;
    for (ptrdiff_t i = 0; i < count; i++) {
        out[i] = TAPS[0] * e[i] + TAPS[1] * (d[i] + f[i]) + TAPS[2] * (c[i] + g[i]) + TAPS[3] * (b[i] + h[i])
            + TAPS[4] * (a[i] + k[i]);
    }
}

FOR_EACH_PROCESSOR
void combine_squares(
    const float *first, const float *second, ptrdiff_t count, float *ALONE sum, float *ALONE difference
)
{
    for (ptrdiff_t i = 0; i < count; i++) {
        const float gap = first[i] - second[i];
        sum[i] = first[i] * first[i] + second[i] * second[i];
        difference[i] = gap * gap;
    }
}

/* 1 - (1 - m) * (2 * covariance + C2) / (both variances + C2), with m the squared gap of the means, written as
   m + v / (both variances + C2) * (1 - m) with v the variance of the difference: the same, but without the
   cancellation near zero that would cost floats their digits. */
FOR_EACH_PROCESSOR
void structure_row(const struct statistics *local, ptrdiff_t count, float *ALONE error)
{
    const float *first_mean = local->first_mean, *second_mean = local->second_mean;
    const float *squares = local->squares, *gaps = local->gaps;
    for (ptrdiff_t i = 0; i < count; i++) {
        const float one = first_mean[i], other = second_mean[i];
        const float shift = (one - other) * (one - other);
        const float spread = squares[i] - one * one - other * other + STABILIZER;
        const float value = (gaps[i] - shift) / spread * (1.0f - shift) + shift;
        error[i] = value > 0.0f ? value : 0.0f;
    }
}

/* (1 + edges of the candidate) / (1 + edges of the original) - 1; an edge is the distance from the local mean. */
FOR_EACH_PROCESSOR
void edge_row(
    const float *first, const float *second, const struct statistics *local, ptrdiff_t count, float *ALONE artifact,
    float *ALONE loss
)
{
    const float *first_mean = local->first_mean, *second_mean = local->second_mean;
    for (ptrdiff_t i = 0; i < count; i++) {
        const float before = fabsf(first[i] - first_mean[i]);
        const float after = fabsf(second[i] - second_mean[i]);
        const float gain = (after - before) / (1.0f + before);
        artifact[i] = gain > 0.0f ? gain : 0.0f;
        loss[i] = gain < 0.0f ? -gain : 0.0f;
    }
}

FOR_EACH_PROCESSOR
void add_first_powers(const float *error, ptrdiff_t count, float *ALONE sums)
{
    for (ptrdiff_t i = 0; i < count; i++) {
        sums[i] += error[i];
    }
}

FOR_EACH_PROCESSOR
void add_fourth_powers(const float *error, ptrdiff_t count, float *ALONE sums)
{
    for (ptrdiff_t i = 0; i < count; i++) {
        const float square = error[i] * error[i];
        sums[i] += square * square;
    }
}
