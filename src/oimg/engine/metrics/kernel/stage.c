#include "stage.h"

#include <string.h>

#include "rows.h"

float *take(struct arena *arena, ptrdiff_t floats)
{
    float *taken = arena->memory ? arena->memory + arena->used : NULL;
    arena->used += (size_t)floats;
    return taken;
}

void place_scratch(struct scratch *scratch, ptrdiff_t columns, struct arena *arena)
{
    scratch->squares = take(arena, columns + 2 * REACH);
    scratch->gaps = take(arena, columns + 2 * REACH);
    for (int signal = 0; signal < SIGNALS; signal++) {
        scratch->blurred[signal] = take(arena, columns);
    }
    for (int error = 0; error < ERRORS; error++) {
        scratch->error[error] = take(arena, columns);
    }
    scratch->outside = take(arena, columns);
}

ptrdiff_t cell_at(int scale)
{
    return CELL >> scale ? CELL >> scale : 1;
}

int count_sums(unsigned wanted)
{
    int count = 0;
    for (; wanted; wanted >>= 1) {
        count += (int)(wanted & 1);
    }
    return count;
}

void place_stage(struct stage *stage, int keeps_original, struct arena *arena)
{
    const ptrdiff_t padded = stage->columns + 2 * REACH;
    stage->xyb[0] = keeps_original ? NULL : take(arena, WINDOW * padded);
    stage->xyb[1] = take(arena, WINDOW * padded);
    stage->ring = take(arena, WINDOW * SIGNALS * stage->columns);
    stage->sums = take(arena, count_sums(stage->wanted) * stage->columns);
}

float *stage_row(const struct stage *stage, int which, ptrdiff_t row)
{
    return stage->xyb[which] + row % WINDOW * (stage->columns + 2 * REACH) + REACH;
}

static float *ring_row(const struct stage *stage, ptrdiff_t row, int signal)
{
    return stage->ring + (row % WINDOW * SIGNALS + signal) * stage->columns;
}

/* Turn the sums of columns into cells and totals, and begin anew. `row` is the last one that was added. */
static void collect(struct stage *stage, ptrdiff_t row)
{
    const ptrdiff_t place = row / stage->cell * stage->cells_wide + stage->first / stage->cell;
    const int count = count_sums(stage->wanted);
    for (int sum = 0; sum < count; sum++) {
        const float *columns = stage->sums + sum * stage->columns;
        float *cells = stage->cells ? stage->cells + sum * stage->cells_high * stage->cells_wide + place : NULL;
        double total = 0.0;
        for (ptrdiff_t left = 0; left < stage->columns; left += stage->cell) {
            const ptrdiff_t right = left + stage->cell < stage->columns ? left + stage->cell : stage->columns;
            float cell = 0.0f;
            for (ptrdiff_t column = left; column < right; column++) {
                cell += columns[column];
            }
            total += cell;
            if (cells) {
                *cells++ = cell;
            }
        }
        stage->totals[sum] += total;
    }
    memset(stage->sums, 0, (size_t)(count * stage->columns) * sizeof *stage->sums);
}

static void add_errors(struct stage *stage, const struct scratch *scratch)
{
    float *sums = stage->sums;
    for (int error = 0; error < ERRORS; error++) {
        if (stage->wanted & FIRST(error)) {
            add_first_powers(scratch->error[error], stage->columns, sums);
            sums += stage->columns;
        }
        if (stage->wanted & FOURTH(error)) {
            add_fourth_powers(scratch->error[error], stage->columns, sums);
            sums += stage->columns;
        }
    }
}

/* Blur down to row `row`, whose neighbors are all there by now, and add its errors. */
static void finish_row(struct stage *stage, const struct scratch *scratch, ptrdiff_t row)
{
    const struct statistics local = {
        scratch->blurred[FIRST_MEAN], scratch->blurred[SECOND_MEAN], scratch->blurred[SQUARES], scratch->blurred[GAPS],
    };
    const ptrdiff_t columns = stage->columns;
    for (int signal = 0; signal < SIGNALS; signal++) {
        const float *rows[WINDOW];
        for (ptrdiff_t near = 0; near < WINDOW; near++) {
            const ptrdiff_t neighbor = row + near - REACH;
            const int inside = neighbor >= 0 && neighbor < stage->height;
            rows[near] = inside ? ring_row(stage, neighbor, signal) : scratch->outside;
        }
        blur_down(rows, columns, scratch->blurred[signal]);
    }
    if (stage->wanted & BOTH(STRUCTURE)) {
        structure_row(&local, columns, scratch->error[STRUCTURE]);
    }
    if (stage->wanted & (BOTH(ARTIFACT) | BOTH(DETAIL_LOSS))) {
        const float *first = stage->original[row % WINDOW], *second = stage_row(stage, 1, row);
        edge_row(first, second, &local, columns, scratch->error[ARTIFACT], scratch->error[DETAIL_LOSS]);
    }
    add_errors(stage, scratch);
    if ((row + 1) % stage->cell == 0 || row == stage->height - 1) {
        collect(stage, row);
    }
}

void enter_row(struct stage *stage, const struct scratch *scratch, ptrdiff_t row, const float *kept)
{
    const float *first = kept ? kept : stage_row(stage, 0, row);
    const float *second = stage_row(stage, 1, row);
    const ptrdiff_t columns = stage->columns;
    stage->original[row % WINDOW] = first;
    combine_squares(first - REACH, second - REACH, columns + 2 * REACH, scratch->squares, scratch->gaps);
    blur_across(first, columns, ring_row(stage, row, FIRST_MEAN));
    blur_across(second, columns, ring_row(stage, row, SECOND_MEAN));
    blur_across(scratch->squares + REACH, columns, ring_row(stage, row, SQUARES));
    blur_across(scratch->gaps + REACH, columns, ring_row(stage, row, GAPS));
    if (row >= REACH) {
        finish_row(stage, scratch, row - REACH);
    }
    if (row == stage->height - 1) {
        for (ptrdiff_t late = row < REACH ? 0 : row - REACH + 1; late <= row; late++) {
            finish_row(stage, scratch, late);
        }
    }
}
