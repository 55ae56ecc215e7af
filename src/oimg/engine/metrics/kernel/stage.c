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
    scratch->outside = take(arena, SIGNALS * columns);
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

/* The blurred signals of a row, one after the other. */
static float *ring_row(const struct stage *stage, ptrdiff_t row)
{
    return stage->ring + row % WINDOW * SIGNALS * stage->columns;
}

static float sum_up(const float *values, ptrdiff_t count)
{
    float sum = 0.0f;
    if (count == CELL) {
        return ((values[0] + values[1]) + (values[2] + values[3])) + ((values[4] + values[5]) + (values[6] + values[7]));
    }
    for (ptrdiff_t i = 0; i < count; i++) {
        sum += values[i];
    }
    return sum;
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
            const ptrdiff_t rest = stage->columns - left;
            const float cell = sum_up(columns + left, rest < stage->cell ? rest : stage->cell);
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
    const float *rows[WINDOW];
    for (ptrdiff_t near = 0; near < WINDOW; near++) {
        const ptrdiff_t neighbor = row + near - REACH;
        rows[near] = neighbor >= 0 && neighbor < stage->height ? ring_row(stage, neighbor) : scratch->outside;
    }
    for (int signal = 0; signal < SIGNALS; signal++) {
        blur_down(rows, signal * columns, columns, scratch->blurred[signal]);
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
    float *across = ring_row(stage, row);
    stage->original[row % WINDOW] = first;
    combine_squares(first - REACH, second - REACH, columns + 2 * REACH, scratch->squares, scratch->gaps);
    blur_across(first, columns, across + FIRST_MEAN * columns);
    blur_across(second, columns, across + SECOND_MEAN * columns);
    blur_across(scratch->squares + REACH, columns, across + SQUARES * columns);
    blur_across(scratch->gaps + REACH, columns, across + GAPS * columns);
    if (row >= REACH) {
        finish_row(stage, scratch, row - REACH);
    }
    if (row == stage->height - 1) {
        for (ptrdiff_t late = row < REACH ? 0 : row - REACH + 1; late <= row; late++) {
            finish_row(stage, scratch, late);
        }
    }
}
