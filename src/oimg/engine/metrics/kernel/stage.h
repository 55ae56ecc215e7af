/* One plane of a comparison, within one stripe: takes rows of XYB of both pictures, gives sums of errors. */

#ifndef OIMG_STAGE_H
#define OIMG_STAGE_H

#include <stddef.h>

#include "formula.h"

/* What is blurred: both planes, the sum of their squares, and their squared difference. */
enum { FIRST_MEAN, SECOND_MEAN, SQUARES, GAPS, SIGNALS };

/* Memory for a whole stripe. While `memory` is NULL, take() only counts the floats. */
struct arena {
    float *memory;
    size_t used;
};

float *take(struct arena *arena, ptrdiff_t floats);

/* Rows that are needed for the length of one call; all stages of a scan use the same. */
struct scratch {
    float *squares, *gaps;
    float *blurred[SIGNALS];
    float *error[ERRORS];
    float *outside; /* SIGNALS rows of zeros: what is above and below the picture */
};

void place_scratch(struct scratch *scratch, ptrdiff_t columns, struct arena *arena);

struct stage {
    unsigned wanted;     /* as in WANTED */
    double *totals;      /* one for each wanted sum */
    float *cells;        /* the first map of this plane, or NULL */
    ptrdiff_t cell;      /* side of a cell at this scale */
    ptrdiff_t cells_high, cells_wide;
    ptrdiff_t height;    /* of the plane */
    ptrdiff_t first;     /* leftmost column of the stripe; a multiple of `cell` */
    ptrdiff_t columns;   /* of the stripe */
    float *xyb[2];       /* WINDOW rows of original and candidate, each with REACH samples before and after */
    const float *original[WINDOW]; /* where the rows of the original are: in xyb[0], or in planes that are kept */
    float *ring;         /* WINDOW times SIGNALS rows that are blurred across */
    float *sums;         /* sums of columns since the last row of cells, a row for each wanted sum */
};

ptrdiff_t cell_at(int scale);
int count_sums(unsigned wanted);

/* Prepare for a stripe. `keeps_original` is true where rows of the original are handed to enter_row. */
void place_stage(struct stage *stage, int keeps_original, struct arena *arena);

/* Where to write row `row` of original (0) or candidate (1) before enter_row. */
float *stage_row(const struct stage *stage, int which, ptrdiff_t row);

/* Take in the next row. `kept` is the original's row in its planes, or NULL if it was written to stage_row. */
void enter_row(struct stage *stage, const struct scratch *scratch, ptrdiff_t row, const float *kept);

#endif
