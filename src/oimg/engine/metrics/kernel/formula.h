/* The published numbers of SSIMULACRA2 v2.1 that the kernel needs, and which sums the score is made of.

   Source: as in ssimulacra2_constants.py, which has the same numbers; the module tells its own in FORMULA, and Python
   refuses a kernel whose numbers differ. */

#ifndef OIMG_FORMULA_H
#define OIMG_FORMULA_H

enum { CHANNEL_X, CHANNEL_Y, CHANNEL_B, CHANNELS };
enum { STRUCTURE, ARTIFACT, DETAIL_LOSS, ERRORS };

enum {
    SCALES = 5,         /* 1:1 to 1:16 */
    SMALLEST_SIDE = 8,  /* a scale is the last one when its shorter side is below this */
    REACH = 4,          /* samples on each side that the blur takes in */
    WINDOW = 2 * REACH + 1,
    CELL = 8,           /* side of a cell of the map, in pixels of the picture */
    NORMS = 2 * ERRORS  /* two for each error */
};

/* A set of sums of one plane: for each error the first power, the fourth, or both. */
#define FIRST(error) (1u << (2 * (error)))
#define FOURTH(error) (2u << (2 * (error)))
#define BOTH(error) (FIRST(error) | FOURTH(error))

static const unsigned WANTED[SCALES][CHANNELS] = {
    {0, FOURTH(STRUCTURE) | FOURTH(DETAIL_LOSS), 0},
    {FOURTH(STRUCTURE), FOURTH(STRUCTURE) | FOURTH(DETAIL_LOSS), 0},
    {FOURTH(STRUCTURE) | FOURTH(ARTIFACT), BOTH(STRUCTURE), 0},
    {FOURTH(STRUCTURE) | FOURTH(ARTIFACT), BOTH(STRUCTURE) | FOURTH(ARTIFACT), FOURTH(STRUCTURE) | FOURTH(ARTIFACT)},
    {BOTH(ARTIFACT), FOURTH(STRUCTURE) | FOURTH(ARTIFACT), FIRST(STRUCTURE) | BOTH(ARTIFACT) | BOTH(DETAIL_LOSS)},
};
enum { SUMS = 25 }; /* bits in WANTED */

/* Linear sRGB to the responses of long, medium and short cones. */
static const float OPSIN[3][3] = {
    {0.30f, 0.622f, 0.078f},
    {0.23f, 0.692f, 0.078f},
    {0.24342268924547819f, 0.20476744424496821f, 0.55180986650955360f},
};
static const float OPSIN_BIAS = 0.0037930732552754493f;
static const float OPSIN_BIAS_ROOT = 0.15595420054924862f; /* its cube root */
static const float X_GAIN = 14.0f;
static const float OFFSETS[CHANNELS] = {0.42f, 0.01f, 0.55f};

static const float STABILIZER = 0.0009f; /* C2 of SSIM */

/* The blur's weights at distance 0 to 4. Outside the picture there are zeros. */
static const float TAPS[REACH + 1] = {
    0.2646211054882f, 0.2129285920104f, 0.1093353727775f, 0.0360111146584f, 0.0094143678097f,
};

#endif
