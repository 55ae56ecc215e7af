#include "scan.h"

#include <stdlib.h>
#include <string.h>

#include "stage.h"

enum {
    STRIPE = 2048,               /* most columns of a stripe; a multiple of ALIGNMENT */
    ALIGNMENT = 1 << (SCALES - 1), /* pixels of the picture that are one at the coarsest scale */
    HALO = REACH * ALIGNMENT     /* pixels on each side of a stripe that its coarsest scale depends on */
};

/* One scale of a stripe. Columns are numbered as in the whole picture at that scale. */
struct level {
    ptrdiff_t height, width;
    ptrdiff_t first, last;             /* columns of the stripe; last is not included, here and below */
    ptrdiff_t light_first, light_last; /* columns with the halo */
    float *light[2][2][3];             /* of original and candidate: an even row and an odd one, in three colors */
    float *made[CHANNELS];             /* planes of the original that are made, or NULL */
    const float *kept[CHANNELS];       /* planes of the original that were made before, or NULL */
    struct stage stage[CHANNELS];
};

struct scan {
    const struct picture *picture[2]; /* original and candidate; NULL is not read */
    int making_planes;
    int scale_count;
    struct level level[SCALES];
    struct scratch scratch;
    float *cones;
};

struct scales scales_of(ptrdiff_t height, ptrdiff_t width)
{
    struct scales scales;
    scales.count = 0;
    for (;;) {
        scales.height[scales.count] = height;
        scales.width[scales.count] = width;
        scales.count++;
        if (scales.count == SCALES || height < SMALLEST_SIDE || width < SMALLEST_SIDE) {
            return scales;
        }
        height = (height + 1) / 2;
        width = (width + 1) / 2;
    }
}

static ptrdiff_t plane_stride(ptrdiff_t width)
{
    return width + 2 * REACH;
}

int64_t plane_floats(const struct scales *scales)
{
    int64_t floats = 0;
    for (int scale = 0; scale < scales->count; scale++) {
        for (int channel = 0; channel < CHANNELS; channel++) {
            if (WANTED[scale][channel]) {
                floats += (int64_t)scales->height[scale] * plane_stride(scales->width[scale]);
            }
        }
    }
    return floats;
}

static ptrdiff_t cells_across(ptrdiff_t side, int scale)
{
    const ptrdiff_t cell = cell_at(scale);
    return (side + cell - 1) / cell;
}

int64_t cell_floats(const struct scales *scales)
{
    int64_t floats = 0;
    for (int scale = 0; scale < scales->count; scale++) {
        const int64_t rows = cells_across(scales->height[scale], scale);
        for (int channel = 0; channel < CHANNELS; channel++) {
            floats += rows * cells_across(scales->width[scale], scale) * count_sums(WANTED[scale][channel]);
        }
    }
    return floats;
}

/* Set up the columns of a stripe at all scales. */
static void place_stripe(struct scan *scan, const struct scales *scales, ptrdiff_t first, ptrdiff_t columns)
{
    const ptrdiff_t width = scales->width[0];
    const ptrdiff_t last = first + columns < width ? first + columns : width;
    const ptrdiff_t light_first = first > HALO ? first - HALO : 0;
    const ptrdiff_t light_last = last + HALO < width ? last + HALO : width;
    scan->scale_count = scales->count;
    for (int scale = 0; scale < scales->count; scale++) {
        struct level *level = &scan->level[scale];
        const ptrdiff_t rest = ((ptrdiff_t)1 << scale) - 1;
        level->height = scales->height[scale];
        level->width = scales->width[scale];
        level->first = first >> scale;
        level->last = (last + rest) >> scale;
        level->light_first = light_first >> scale;
        level->light_last = (light_last + rest) >> scale;
    }
}

/* Give every buffer of a stripe its place; called twice, first to learn how much memory that takes. */
static void place_buffers(struct scan *scan, struct arena *arena)
{
    const struct level *widest = &scan->level[0];
    scan->cones = take(arena, 3 * (widest->light_last - widest->light_first));
    if (!scan->making_planes) {
        place_scratch(&scan->scratch, widest->last - widest->first, arena);
    }
    for (int scale = 0; scale < scan->scale_count; scale++) {
        struct level *level = &scan->level[scale];
        for (int which = 0; which < 2; which++) {
            for (int parity = 0; scan->picture[which] && parity < 2; parity++) {
                for (int color = 0; color < 3; color++) {
                    level->light[which][parity][color] = take(arena, level->light_last - level->light_first);
                }
            }
        }
        for (int channel = 0; channel < CHANNELS; channel++) {
            if (WANTED[scale][channel] && !scan->making_planes) {
                struct stage *stage = &level->stage[channel];
                stage->first = level->first;
                stage->columns = level->last - level->first;
                place_stage(stage, level->kept[channel] != NULL, arena);
            }
        }
    }
}

/* Where the stripe's part of a row of a plane of the original begins. */
static ptrdiff_t place_in_plane(const struct level *level, ptrdiff_t row)
{
    return row * plane_stride(level->width) + REACH + level->first;
}

/* Turn a row of light of one picture into XYB, with REACH columns on each side where the picture goes on. */
static void convert(struct scan *scan, int scale, int which, ptrdiff_t row)
{
    const struct level *level = &scan->level[scale];
    const ptrdiff_t around = scan->making_planes ? 0 : REACH;
    const ptrdiff_t first = level->first - around > 0 ? level->first - around : 0;
    const ptrdiff_t last = level->last + around < level->width ? level->last + around : level->width;
    const float *light[3];
    float *xyb[CHANNELS];
    for (int color = 0; color < 3; color++) {
        light[color] = level->light[which][row % 2][color] + (first - level->light_first);
    }
    for (int channel = 0; channel < CHANNELS; channel++) {
        xyb[channel] = NULL;
        if (WANTED[scale][channel]) {
            float *begin = level->made[channel] ? level->made[channel] + place_in_plane(level, row)
                                                : stage_row(&level->stage[channel], which, row);
            xyb[channel] = begin + (first - level->first);
        }
    }
    convert_row(light, last - first, scan->cones, xyb);
}

/* Ask for a row of kept planes before it is needed: it comes from main memory, and waiting for it took 5 % of the time.
   A hint alone; compilers that have no such builtin do without. */
static void fetch_early(const float *row, ptrdiff_t count)
{
#if defined(__GNUC__)
    for (ptrdiff_t i = 0; i < count; i += 16) { /* a cache line */
        __builtin_prefetch(row + i, 0, 2);
    }
#else
    (void)row;
    (void)count;
#endif
}

/* Use the row of light that has just been completed at a scale, and the one of the next scale that it completes. */
static void advance(struct scan *scan, int scale, ptrdiff_t row)
{
    struct level *level = &scan->level[scale];
    for (int which = 0; which < 2; which++) {
        if (scan->picture[which]) {
            convert(scan, scale, which, row);
        }
    }
    for (int channel = 0; channel < CHANNELS; channel++) {
        if (WANTED[scale][channel] && !scan->making_planes) {
            const float *kept = level->kept[channel];
            if (kept && row + 1 < level->height) {
                fetch_early(kept + place_in_plane(level, row + 1), level->last - level->first);
            }
            enter_row(&level->stage[channel], &scan->scratch, row, kept ? kept + place_in_plane(level, row) : NULL);
        }
    }
    if (scale + 1 < scan->scale_count && (row % 2 || row == level->height - 1)) {
        struct level *next = &scan->level[scale + 1];
        const ptrdiff_t count = level->light_last - level->light_first;
        for (int which = 0; which < 2; which++) {
            for (int color = 0; scan->picture[which] && color < 3; color++) {
                float *const half = next->light[which][row / 2 % 2][color];
                halve_rows(level->light[which][0][color], level->light[which][row % 2][color], count, half);
            }
        }
        advance(scan, scale + 1, row / 2);
    }
}

static void read_rows(struct scan *scan)
{
    struct level *level = &scan->level[0];
    const ptrdiff_t count = level->light_last - level->light_first;
    for (ptrdiff_t row = 0; row < level->height; row++) {
        for (int which = 0; which < 2; which++) {
            if (scan->picture[which]) {
                decode_row(scan->picture[which], row, level->light_first, count, level->light[which][row % 2]);
            }
        }
        advance(scan, 0, row);
    }
}

/* Go over the picture in stripes of about equal width. 0 is: not enough memory. */
static int run(struct scan *scan, const struct scales *scales)
{
    const ptrdiff_t width = scales->width[0];
    const ptrdiff_t stripes = (width + STRIPE - 1) / STRIPE;
    const ptrdiff_t columns = ((width + stripes - 1) / stripes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    for (ptrdiff_t first = 0; first < width; first += columns) {
        struct arena arena = {NULL, 0};
        place_stripe(scan, scales, first, columns);
        place_buffers(scan, &arena);
        arena.memory = calloc(arena.used, sizeof(float));
        if (!arena.memory) {
            return 0;
        }
        arena.used = 0;
        place_buffers(scan, &arena);
        read_rows(scan);
        free(arena.memory);
    }
    return 1;
}

int prepare_planes(const struct picture *original, float *planes)
{
    const struct scales scales = scales_of(original->height, original->width);
    struct scan scan;
    memset(&scan, 0, sizeof scan);
    scan.picture[0] = original;
    scan.making_planes = 1;
    for (int scale = 0; scale < scales.count; scale++) {
        for (int channel = 0; channel < CHANNELS; channel++) {
            if (WANTED[scale][channel]) {
                scan.level[scale].made[channel] = planes;
                planes += scales.height[scale] * plane_stride(scales.width[scale]);
            }
        }
    }
    return run(&scan, &scales);
}

int compare_pictures(const struct comparison *wanted)
{
    const struct scales scales = scales_of(wanted->candidate->height, wanted->candidate->width);
    const float *planes = wanted->planes;
    double *totals = wanted->totals;
    float *cells = wanted->cells;
    struct scan scan;
    memset(&scan, 0, sizeof scan);
    memset(totals, 0, SUMS * sizeof *totals);
    scan.picture[0] = planes ? NULL : wanted->original;
    scan.picture[1] = wanted->candidate;
    for (int scale = 0; scale < scales.count; scale++) {
        for (int channel = 0; channel < CHANNELS; channel++) {
            const int sums = count_sums(WANTED[scale][channel]);
            struct stage *stage = &scan.level[scale].stage[channel];
            stage->wanted = WANTED[scale][channel];
            stage->height = scales.height[scale];
            stage->cell = cell_at(scale);
            stage->cells_high = cells_across(scales.height[scale], scale);
            stage->cells_wide = cells_across(scales.width[scale], scale);
            stage->totals = totals;
            stage->cells = cells;
            totals += sums;
            if (cells) {
                cells += sums * stage->cells_high * stage->cells_wide;
            }
            if (planes && sums) {
                scan.level[scale].kept[channel] = planes;
                planes += scales.height[scale] * plane_stride(scales.width[scale]);
            }
        }
    }
    return run(&scan, &scales);
}
