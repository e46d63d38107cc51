/* What tells impacts, frame after frame: `engine.radio.falls.jolts` says the same in numpy, to the last bit. Sums of eight numbers are joined in
   pairs; directions are whole waves of size 1, so no angle is ever told. */

#define JOLT_SLOTS 64
#define JOLT_SLOT_NS 50000000
#define BANDS 8

static inline double share_of(double passed_s, double tau_s) { return 1.0 - exp_of(passed_s / -tau_s); }

static inline float joined(const float *lanes) {
    return ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
}

static inline double joined_doubles(const double *lanes) {
    return ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
}

/* Whether it is time to compare a frame of a path, and whether its frames come so often that two are compared. */
static int jolt_due(const jolt_tables *tables, int64_t row, int64_t came, int *near) {
    double gap = (double)less_ns(came, tables->at_ns[row]) * 1e-9, known = tables->period_s[row];
    gap = gap > 0.0 ? gap : 0.0, gap = gap < 0.16 ? gap : 0.16;
    double period = known > 0.0 ? known + share_of(gap, 2.0) * (gap - known) : gap, waited = tables->waited_s[row] + period;
    int due = waited >= 0.038;
    tables->at_ns[row] = came, tables->period_s[row] = period, tables->waited_s[row] = due ? 0.0 : waited;
    *near = period < 0.08;
    return due;
}

/* Sums over neighbouring tones, by frequency, of mean square 1; whether there is enough to tell a shape by. */
static int banded(const int8_t *iq, int64_t width, float *re, float *im) {
    int sums[2][BANDS] = {{0}}, power = 0, all = 0;
    for (int tone = 0; tone < (width < TONES ? width : TONES); tone++) {
        int one = iq[2 * tone], other = iq[2 * tone + 1], band = ((tone + 32) % TONES) / 8;
        sums[0][band] += one, sums[1][band] += other, power += one * one + other * other;
    }
    for (int band = 0; band < BANDS; band++) all += sums[0][band] * sums[0][band] + sums[1][band] * sums[1][band];
    double size = sqrt((double)all / 8.0);
    size = size > 1e-9 ? size : 1e-9;
    for (int band = 0; band < BANDS; band++) re[band] = (float)((double)sums[0][band] / size), im[band] = (float)((double)sums[1][band] / size);
    return power >= 256;
}

/* One number times another. */
static inline void multiplied(float one_re, float one_im, float other_re, float other_im, float *re, float *im) {
    *re = one_re * other_re - one_im * other_im;
    *im = one_im * other_re + one_re * other_im;
}

/* What turns a sum of turns back, of size 1; nothing where there is no sum. */
static void back_of(const float *sums_re, const float *sums_im, float *re, float *im) {
    float along = joined(sums_re), across = joined(sums_im), size = sqrtf(along * along + across * across);
    int told = size > 1e-30f;
    *re = told ? along / size : 1.0f;
    *im = -(told ? across / size : 0.0f);
}

/* Turned by offset and slope towards the frame before. */
static void bands_turned(float *re, float *im, const float *before) {
    float along[BANDS], across[BANDS], next_re[BANDS] = {0}, next_im[BANDS] = {0}, turn_re[BANDS] = {1.0f}, turn_im[BANDS] = {0}, by_re, by_im;
    for (int band = 0; band < BANDS; band++) {
        along[band] = re[band] * before[2 * band] + im[band] * before[2 * band + 1];
        across[band] = im[band] * before[2 * band] - re[band] * before[2 * band + 1];
    }
    for (int band = 0; band < BANDS - 1; band++) {
        next_re[band] = along[band + 1] * along[band] + across[band + 1] * across[band];
        next_im[band] = across[band + 1] * along[band] - along[band + 1] * across[band];
    }
    back_of(next_re, next_im, &by_re, &by_im);
    for (int many = 1; many < BANDS; many *= 2) { /* from one band to the next by the slope: 1, 2 and 4 bands at once */
        for (int band = 0; band < many; band++) multiplied(turn_re[band], turn_im[band], by_re, by_im, turn_re + many + band, turn_im + many + band);
        multiplied(by_re, by_im, by_re, by_im, &by_re, &by_im);
    }
    for (int band = 0; band < BANDS; band++) multiplied(along[band], across[band], turn_re[band], turn_im[band], next_re + band, next_im + band);
    back_of(next_re, next_im, &by_re, &by_im);
    for (int band = 0; band < BANDS; band++) {
        float all_re, all_im;
        multiplied(turn_re[band], turn_im[band], by_re, by_im, &all_re, &all_im);
        multiplied(re[band], im[band], all_re, all_im, re + band, im + band);
    }
}

static double product_of(const float *one, const float *other) {
    double lanes[BANDS];
    for (int band = 0; band < BANDS; band++)
        lanes[band] = (double)one[2 * band] * (double)other[2 * band] + (double)one[2 * band + 1] * (double)other[2 * band + 1];
    return joined_doubles(lanes);
}

static void jolt_noted(const jolt_tables *tables, int64_t row, int64_t came, double apart_s, double energy, double alike) {
    int64_t slot = came / JOLT_SLOT_NS - (came % JOLT_SLOT_NS < 0), at = JOLT_SLOTS * row + (int64_t)((uint64_t)slot % JOLT_SLOTS);
    int fresh = tables->slot[at] != slot;
    double smooth = tables->smooth[row], floor = tables->floor[row], passed = apart_s > 0.0 ? apart_s : 0.0;
    tables->energy[at] = (float)((fresh ? 0.0 : (double)tables->energy[at]) + energy);
    tables->alike[at] = (float)((fresh ? 0.0 : (double)tables->alike[at]) + alike);
    tables->count[at] = (float)((fresh ? 0.0 : (double)tables->count[at]) + 1.0);
    tables->slot[at] = slot;
    smooth = smooth < 0.0 ? energy : smooth + share_of(passed, 0.4) * (energy - smooth);
    floor *= 1.0 + passed / 120.0, floor = floor < smooth ? floor : smooth;
    tables->smooth[row] = smooth, tables->floor[row] = floor > 1e-9 ? floor : 1e-9;
}

/* `frames` of a batch, `rows` and `arrival_ns` and `iq` (frames, width, 2), in `order` (many). */
int64_t kernel_jolts(const jolt_tables *tables, const int64_t *rows, const int64_t *order, const int64_t *arrival_ns, const int8_t *iq,
                     int64_t width, int64_t frames, int64_t many) {
    for (int64_t turn = 0; turn < many; turn++)
        if (order[turn] < 0 || order[turn] >= frames || rows[order[turn]] < 0 || rows[order[turn]] >= tables->rows) return -1;
    for (int64_t turn = 0; turn < many; turn++) {
        int64_t at = order[turn], row = rows[at], came = arrival_ns[at];
        int near;
        if (!jolt_due(tables, row, came, &near)) continue;
        float re[BANDS], im[BANDS], step[2 * BANDS], *before = tables->wave + 2 * BANDS * row, *last = tables->step + 2 * BANDS * row;
        int heard = banded(iq + 2 * width * at, width, re, im);
        double apart_s = (double)less_ns(came, tables->taken_ns[row]) * 1e-9;
        int follows = tables->known[row] && heard && apart_s < 0.16 && near;
        if (follows) bands_turned(re, im, before);
        for (int band = 0; band < BANDS; band++) step[2 * band] = re[band] - before[2 * band], step[2 * band + 1] = im[band] - before[2 * band + 1];
        if (follows && tables->steps[row]) jolt_noted(tables, row, came, apart_s, product_of(step, step), product_of(last, step));
        for (int band = 0; band < BANDS; band++) before[2 * band] = re[band], before[2 * band + 1] = im[band];
        memcpy(last, step, sizeof step);
        tables->steps[row] = (uint8_t)follows, tables->known[row] = (uint8_t)heard, tables->taken_ns[row] = came;
    }
    return 0;
}
