/* One pass over one picture, or over two pictures of the same size side by side.

   Rows stream through all scales at once: each row becomes linear light, XYB and blurred rows in rings of nine, and
   every second one, together with the one before, a row of the next scale. So no plane is ever held as a whole, but
   the original's XYB where the caller keeps it. Wide pictures are worked through in vertical stripes, to let the
   rings fit into a second-level cache. */

#ifndef OIMG_SCAN_H
#define OIMG_SCAN_H

#include <stdint.h>

#include "formula.h"
#include "rows.h"

/* Longest side, and most pixels: far above what fits into memory, far below where sizes overflow. */
#define LONGEST_SIDE ((ptrdiff_t)1 << 28)
#define MOST_PIXELS ((int64_t)1 << 40)

/* The size of a picture at each scale. */
struct scales {
    int count;
    ptrdiff_t height[SCALES], width[SCALES];
};

struct scales scales_of(ptrdiff_t height, ptrdiff_t width);

/* How many floats the planes of an original take. The planes follow each other by scale and channel; every row has
   REACH zeros before and after its samples. */
int64_t plane_floats(const struct scales *scales);

/* How many floats the maps of cells take. They follow each other in the order of the sums, each with
   ceil(height / side) rows of ceil(width / side) cells, where side is CELL >> scale, but at least 1. */
int64_t cell_floats(const struct scales *scales);

/* What is wanted of two pictures. `planes` is the original as prepare_planes left it, or NULL to read `original`.
   `totals` are SUMS sums of error powers over the whole picture, by scale, channel, error and power. `cells` are the
   same per cell, or NULL. */
struct comparison {
    const struct picture *original, *candidate;
    const float *planes;
    double *totals;
    float *cells;
};

/* Both need height and width of at least SMALLEST_SIDE and within the bounds above, and return 0 when there is not
   enough memory. They touch nothing but their arguments, so threads may share pictures and planes. */
int prepare_planes(const struct picture *original, float *planes);
int compare_pictures(const struct comparison *wanted);

#endif
