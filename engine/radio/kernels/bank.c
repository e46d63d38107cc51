/* A round of frames taken in by a bank of links (engine/radio/links), one frame of each of some paths. The parts of the bank say in numpy what
   is done here, to the last bit, in the same order: `pace`, `agc`, `openness`, `fluctuation`, `baseline`, `scores`, `threshold`, `subcarriers`.
   Exponentials and logarithms are numpy's own: they are computed between these functions, of what one leaves for the next. */

#define TONES 64
#define WHENEVER INT64_MIN
#define NS 1e9

enum { PATIENT, QUICK, WATCHED, MEAN, FAST, HEARD, OPEN_FAST, OPEN_FLOOR, OPEN_MEMORY, AWAY, WINDOW, QUIET_TONES, FILLED, KNOWN, SHARES };
static const double TAUS[FILLED] = {10.0, 0.12, 4.0, 1.2, 0.2, 1.5, 0.06, 900.0, 300.0, 0.15, 20.0, 120.0};

static inline double greater(double one, double other) { return one >= other || one != one ? one : other; }
static inline double lesser(double one, double other) { return one <= other || one != one ? one : other; }
static inline double middle_of(double one, double two, double three) {
    return greater(lesser(one, two), lesser(greater(one, two), three));
}
static inline int64_t less_ns(int64_t one, int64_t other) { return (int64_t)((uint64_t)one - (uint64_t)other); }
static inline int64_t next_of(int64_t count) { return (int64_t)((uint64_t)count + 1u); }

/* Sum of squares of a row that is zero from `width` on, in the order in which numpy's einsum has it on x86-64: four sums, of which each takes
   sixteen numbers at a time, the last four of them first. */
static float squares_of(const float *row, int width) {
    float sums[4] = {0};
    int begin = 0;
    for (; begin + 16 <= width; begin += 16)
        for (int part = 3; part >= 0; part--)
            for (int lane = 0; lane < 4; lane++) sums[lane] += row[begin + 4 * part + lane] * row[begin + 4 * part + lane];
    for (; begin < width; begin += 4)
        for (int lane = 0; lane < 4; lane++) sums[lane] += row[begin + lane] * row[begin + lane];
    return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

int64_t kernel_squares(const float *off, const uint8_t *chosen, int64_t many, int64_t width, double *sums) {
    float row[TONES] = {0};
    if (width < 0 || width > TONES) return -1;
    for (int64_t at = 0; at < many; at++, off += width, chosen += width) {
        for (int64_t tone = 0; tone < width; tone++) row[tone] = off[tone] * (float)(chosen[tone] != 0);
        sums[at] = (double)squares_of(row, (int)width);
    }
    return 0;
}

static int how_many_of(const uint8_t *chosen, int width) {
    int many = 0;
    for (int tone = 0; tone < width; tone++) many += chosen[tone] != 0;
    return many;
}

static double mean_square_of(const float *off, const uint8_t *chosen) {
    float row[TONES];
    for (int tone = 0; tone < TONES; tone++) row[tone] = off[tone] * (float)(chosen[tone] != 0);
    int many = how_many_of(chosen, TONES);
    return (double)squares_of(row, TONES) / (double)(many > 1 ? many : 1);
}

/* Of the second differences where all three tones are usable. */
static double noise_of(const float *off, const uint8_t *whole, int many) {
    float row[TONES] = {0};
    for (int tone = 0; tone < TONES - 2; tone++) {
        float bend = off[tone + 1] * -2.0f;
        bend += off[tone + 2];
        bend += off[tone];
        row[tone] = bend * (float)whole[tone];
    }
    return (double)squares_of(row, TONES - 2) / (6.0 * (double)(many > 1 ? many : 1));
}

static void blended(float *known, float part, const float *shape) {
    for (int tone = 0; tone < TONES; tone++) known[tone] += (shape[tone] - known[tone]) * part;
}

static int rows_fit(const bank_tables *tables, const bank_frames *frames, const bank_round *round) {
    if (frames->many < 0 || frames->many > round->room) return 0;
    for (int64_t at = 0; at < frames->many; at++)
        if (frames->rows[at] < 0 || frames->rows[at] >= tables->rows) return 0;
    return 1;
}

/* When frames came. 1 where all have as many subcarriers as their paths' others, as is usual; `fits` is theirs else to find out. */
int64_t kernel_bank_time(const bank_tables *tables, const bank_frames *frames, const bank_round *round) {
    int64_t many = frames->many;
    int usual = 1;
    if (!rows_fit(tables, frames, round)) return -1;
    for (int64_t at = 0; at < many; at++) {
        int64_t row = frames->rows[at], came = frames->arrival_ns[at], before = tables->pace_newest_ns[row];
        int64_t now = frames->n_sub[at] < TONES ? frames->n_sub[at] : TONES;
        int fresh = before == WHENEVER;
        int64_t gap = fresh ? 0 : less_ns(came, before);
        double passed = fresh ? 0.0 : (double)(gap > 0 ? gap : 0) / NS, newly = lesser(passed, 1.0);
        if (fresh) tables->pace_first_ns[row] = came;
        tables->pace_newest_ns[row] = fresh || came > before ? came : before;
        round->passed_s[at] = passed, round->new_s[at] = newly;
        round->powers[at] = fresh ? (double)NAN : -passed / 3.0; /* by which the next knows a first frame */
        round->powers[many + at] = frames->rssi[at] * 0.11512925464970229;
        round->logs[at] = greater(frames->rms[at], 1e-6);
        for (int which = 0; which < FILLED; which++) {
            double over = which < OPEN_FAST ? passed : which == OPEN_MEMORY ? greater(newly, 1e-3) : newly;
            round->shares[which * many + at] = over / -TAUS[which];
        }
        double elapsed = tables->openness_elapsed_s[row] + newly;
        round->shares[FILLED * many + at] = -greater(elapsed, 1e-3) / 300.0;
        round->shares[KNOWN * many + at] = -elapsed / 300.0;
        usual &= tables->table_width[row] == now && now != 0;
        round->fits[at] = 1;
    }
    for (int64_t at = 0; usual && at < many; at++) tables->table_other[frames->rows[at]] = 0;
    return usual;
}

#define DECIBEL 0.11512925464970229 /* ln, a twentieth of ln 10 */
#define WEAK 1.0
#define COARSE 4.0

/* What norm and RSSI say of the receiver's gain: its share of the quick estimate. */
static double quick_share(const bank_tables *tables, int64_t row, double share, double off, int measurable) {
    double wander = tables->gain_wander[row], flicker = tables->gain_flicker[row], residual = tables->gain_residual[row];
    wander += share * (off * off - wander);
    flicker += share * ((off - residual) * (off - residual) / 2.0 - flicker);
    tables->gain_wander[row] = wander, tables->gain_flicker[row] = flicker;
    if (measurable) tables->gain_residual[row] = off;
    flicker = lesser(flicker, DECIBEL * DECIBEL);
    wander = greater(wander - 1.6 * flicker, 0.0);
    return wander / greater(wander + flicker / 2.0, 1e-12);
}

static double stepped(double norm, double told) {
    int alone = fabs(norm) > 1.5 * DECIBEL && fabs(told) < 1.5 * DECIBEL;
    return alone && fabs(norm - told) > 1.5 * DECIBEL ? norm : 0.0;
}

/* ln g of the receiver after a frame. */
static double followed_gain(const bank_tables *tables, int64_t row, double rms, double rssi, double log_rms, const double *shares, int64_t stride) {
    int known = tables->gain_known[row] != 0, measurable = rms >= WEAK && rssi != 0.0;
    int64_t frames = tables->gain_frames[row];
    double *before = tables->gain_before + 2 * row, told = rssi * DECIBEL;
    double step = measurable && known ? stepped(log_rms - before[0], told - before[1]) : 0.0;
    double now = log_rms - told, first = 1.0 / ((double)frames + 1.0);
    double slow = measurable ? greater(-shares[PATIENT * stride], first) : 0.0, fast = measurable ? greater(-shares[QUICK * stride], first) : 0.0;
    double patient = tables->gain_patient[row] + step, quick = tables->gain_quick[row] + step;
    patient += slow * (now - patient);
    quick += fast * (now - quick);
    double off = measurable ? now - patient : 0.0;
    double mix = quick_share(tables, row, measurable && known ? lesser(-shares[WATCHED * stride], 1.0 / 40.0) : 0.0, off, measurable);
    int anew = measurable && fabs(off) > 3.0 * DECIBEL && mix < 0.5;
    patient += anew ? off : 0.0;
    tables->gain_patient[row] = patient, tables->gain_quick[row] = quick;
    tables->gain_frames[row] = anew ? 1 : measurable ? next_of(frames) : frames;
    if (measurable) before[0] = log_rms, before[1] = told;
    tables->gain_known[row] = (uint8_t)(known || measurable);
    return patient + mix * (quick - patient);
}

/* Exponentials and logarithms of `powers`, `logs` and `shares` are there. Leaves less than the gain, whose exponential comes next. */
int64_t kernel_bank_gain(const bank_tables *tables, const bank_frames *frames, const bank_round *round) {
    int64_t many = frames->many;
    if (!rows_fit(tables, frames, round)) return -1;
    for (int64_t at = 0; at < many; at++) {
        int64_t row = frames->rows[at];
        double rssi = frames->rssi[at], rms = round->fits[at] ? frames->rms[at] : 0.0, seen = tables->gain_rssi[row], kept = round->powers[at];
        tables->pace_count[row] = kept != kept ? 0.0 : tables->pace_count[row] * kept + 1.0;
        if (rssi != 0.0 && seen != 0.0 && rssi != seen) tables->gain_moves[row] = 1;
        if (seen == 0.0 && rssi != 0.0) tables->gain_rssi[row] = rssi;
        round->gain[at] = -followed_gain(tables, row, rms, rssi, round->logs[at], round->shares + at, many);
    }
    return 0;
}

/* Whether a path is open, of the power of its two levels. */
static void opened(const bank_tables *tables, int64_t row, const double *shares, int64_t stride, double newly, double rms, const double *levels,
                   const uint8_t *use, int column) {
    double *moments = tables->openness_moments + 4 * row, *recent = tables->openness_power + 2 * row, *floor = tables->openness_floor + 2 * row;
    double elapsed = tables->openness_elapsed_s[row] + newly, empty = tables->openness_empty[row], memory = -shares[OPEN_MEMORY * stride];
    for (int side = 0; side < 2; side++) {
        double power = levels[side] * levels[side], part = use[side] ? memory : 0.0;
        moments[2 * side] += part * (power - moments[2 * side]);
        moments[2 * side + 1] += part * (power * power - moments[2 * side + 1]);
        recent[side] += (use[side] ? -shares[OPEN_FAST * stride] : 0.0) * (power - recent[side]);
        double crept = floor[side] + -shares[OPEN_FLOOR * stride] * (isfinite(floor[side]) ? power - floor[side] : 0.0);
        floor[side] = use[side] ? lesser(crept, power) : floor[side];
    }
    double first = moments[2 * column], variation = -shares[FILLED * stride] * moments[2 * column + 1] / greater(first * first, 1e-300) - 1.0;
    tables->openness_elapsed_s[row] = elapsed;
    tables->openness_empty[row] = empty + (use[0] ? memory : 0.0) * ((double)(rms < WEAK) - empty);
    tables->openness_varied[row] = elapsed >= 5.0 && variation > (tables->openness_varied[row] ? 0.3 : 1.2);
}

/* The mean of what squares were lately, where frames follow each other closely without a single wild one. */
static void averaged(double *power, double *recent, double square, double part, int close, int use) {
    double taken = close ? middle_of(square, recent[0], recent[1]) : square;
    *power += (use ? part : 0.0) * (taken - *power);
    if (use) recent[1] = recent[0], recent[0] = square;
}

static void fluctuated(const bank_tables *tables, int64_t row, const double *shares, int64_t stride, double passed, const float *shape,
                       const double *levels, const uint8_t *use, double shape_power) {
    double *mean = tables->fluctuation_mean + 3 * row, parts[3];
    for (int side = 0; side < 3; side++) {
        int64_t *frames = tables->fluctuation_frames + 3 * row + side;
        double part = parts[side] = use[side] ? greater(-shares[MEAN * stride], 1.0 / ((double)*frames + 1.0)) : 0.0;
        double own = *frames > 0 && passed < 5.0 ? 1.0 - part / 2.0 : 0.0, square = shape_power;
        if (side) {
            double off = levels[side - 1] - mean[side];
            square = off * off;
            tables->fluctuation_newest[3 * row + side] = levels[side - 1];
            mean[side] += part * off;
        }
        averaged(tables->fluctuation_power + 3 * row + side, tables->fluctuation_recent + 6 * row + 2 * side, square * own,
                 -shares[FAST * stride], passed < 0.15, use[side]);
        if (use[side]) *frames = next_of(*frames);
    }
    blended(tables->fluctuation_shape + TONES * row, (float)parts[0], shape);
}

/* The baseline's distance, and as `taken` the time constants over which it goes on, for which the time that passed is divided by them. */
static void measured(const bank_tables *tables, int64_t row, const double *shares, int64_t stride, double newly, const double *levels,
                     const uint8_t *use, const double *power, double shape_square, double *taken) {
    for (int side = 0; side < 3; side++) {
        double lively = tables->baselines_liveliness[3 * row + side], square = shape_square, learnt = greater(lively, 1e-30);
        if (side) {
            double off = (levels[side - 1] - tables->baselines_level[3 * row + side]) * (double)(tables->baselines_frames[3 * row + side] > 0);
            square = off * off;
        }
        averaged(tables->baselines_away + 3 * row + side, tables->baselines_recent + 6 * row + 2 * side, square, -shares[AWAY * stride],
                 newly < 0.15, use[side]);
        double tau = 30.0 * power[side] / learnt;
        if (square > 25.0 * greater(power[side], learnt)) tau = greater(tau, 240.0);
        taken[side] = newly / -lesser(greater(tau, 1.5), 1800.0);
    }
}

static void noise_heard(const bank_tables *tables, int64_t row, double share, double noise, int use) {
    double known = tables->table_noise[row];
    tables->table_noise[row] = known + (known > 0.0 ? share : 1.0) * (double)(use && noise > 0.0) * (noise - known);
}

/* What is so of a path now: whether it is open, its levels, noise, and the variance that rounding makes. */
static void facts_of(const bank_tables *tables, const bank_round *round, int64_t at, int64_t row, double known_share) {
    double rms = tables->table_rms[row], fine = greater(rms, 0.5), relative = (1.0 / 12.0) / (fine * fine);
    double *levels = round->levels + 3 * at, *floor = round->floor + 3 * at;
    memcpy(levels, tables->fluctuation_mean + 3 * row, 3 * sizeof *levels);
    round->is_open[at] = tables->openness_empty[row] > 0.02 * -known_share || tables->openness_varied[row];
    round->noise[at] = tables->table_noise[row];
    floor[0] = relative, floor[1] = (1.0 / 12.0) / 16.0;
    floor[2] = levels[2] * levels[2] * (rms < COARSE ? DECIBEL * DECIBEL * (1.0 / 12.0) : relative / 16.0);
}

/* Frames against what their paths were just before, and against their baselines. */
static void changed(const bank_tables *tables, const bank_frames *frames, const bank_round *round, int64_t at) {
    int64_t row = frames->rows[at], many = frames->many;
    const float *shape = frames->shape + TONES * at, *mean = tables->fluctuation_shape + TONES * row, *base = tables->baselines_shape + TONES * row;
    const uint8_t *chosen = tables->choice_chosen + TONES * row, *occupied = frames->occupied + TONES * at;
    const double *shares = round->shares + at, *levels = round->level + 2 * at;
    float *deviation = round->deviation + TONES * at, away[TONES];
    uint8_t *usable = round->usable + TONES * at, *use = round->use + 3 * at, whole[TONES - 2];
    float known = (float)(tables->fluctuation_frames[3 * row] > 0), based = (float)(tables->baselines_frames[3 * row] > 0);
    for (int tone = 0; tone < TONES; tone++) {
        usable[tone] = occupied[tone] != 0 && tables->choice_usable[TONES * row + tone] != 0;
        deviation[tone] = (shape[tone] - mean[tone]) * known;
        away[tone] = (shape[tone] - base[tone]) * based;
        round->masked[TONES * at + tone] = shape[tone] * (float)usable[tone];
    }
    for (int tone = 0; tone < TONES - 2; tone++) whole[tone] = usable[tone + 2] && usable[tone + 1] && usable[tone];
    int count = how_many_of(whole, TONES - 2);
    double noise = noise_of(deviation, whole, count), power[3];
    fluctuated(tables, row, shares, many, round->passed_s[at], shape, levels, use, mean_square_of(deviation, chosen) - noise);
    noise_heard(tables, row, -shares[HEARD * many], noise, use[0]);
    facts_of(tables, round, at, row, shares[KNOWN * many]);
    for (int side = 0; side < 3; side++) power[side] = greater(tables->fluctuation_power[3 * row + side], round->floor[3 * at + side]);
    measured(tables, row, shares, many, round->new_s[at], levels, use, power, mean_square_of(away, chosen) - noise_of(away, whole, count),
             round->taken + 3 * at);
}

/* The exponential of `gain` is there. Leaves in `taken` what of the baselines' time has passed, whose exponential comes next. */
int64_t kernel_bank_change(const bank_tables *tables, const bank_frames *frames, const bank_round *round) {
    if (!rows_fit(tables, frames, round)) return -1;
    for (int64_t at = 0; at < frames->many; at++) {
        int64_t row = frames->rows[at];
        double rms = frames->rms[at], counted = round->fits[at] ? rms : 0.0, restored = counted * round->gain[at];
        double told = frames->rssi[at] != 0.0 ? round->powers[frames->many + at] : restored, *level = round->level + 2 * at;
        uint8_t *use = round->use + 3 * at;
        level[0] = counted, level[1] = counted >= COARSE && tables->gain_known[row] ? restored : told;
        use[0] = round->fits[at] && rms >= 2.0 * WEAK, use[1] = round->fits[at] != 0, use[2] = level[1] > 0.0;
        tables->table_rms[row] = rms, tables->table_channel[row] = frames->channel[at];
        if (rms >= WEAK) tables->table_carries[row] = 1;
        round->column[at] = tables->gain_moves[row] ? 2 : 1;
        opened(tables, row, round->shares + at, frames->many, round->new_s[at], rms, level, use + 1, tables->gain_moves[row] != 0);
        changed(tables, frames, round, at);
    }
    return 0;
}

/* What the baselines take in of a frame whose time has passed as `taken` says. */
static void settled(const bank_tables *tables, int64_t row, const float *shape, const double *levels, const uint8_t *use, const double *floor,
                    const double *taken) {
    double parts[3];
    for (int side = 0; side < 3; side++) {
        int64_t *frames = tables->baselines_frames + 3 * row + side;
        double *lively = tables->baselines_liveliness + 3 * row + side, *level = tables->baselines_level + 3 * row + side;
        double power = greater(tables->fluctuation_power[3 * row + side], floor[side]);
        double part = parts[side] = use[side] ? greater(-taken[side], *frames < 20 ? 1.0 / ((double)*frames + 1.0) : 0.0) : 0.0;
        if (side) *level += part * (levels[side - 1] - *level);
        *lively = *frames > 0 ? *lively + part * (power - *lively) : use[side] ? power : 0.0;
        if (use[side]) *frames = next_of(*frames);
    }
    blended(tables->baselines_shape + TONES * row, (float)parts[0], shape);
}

/* What a path is like when nothing moves; `learnt`: as its hour would have it. */
static void quiet_of(const bank_tables *tables, const bank_round *round, int64_t at, int64_t row) {
    int known = tables->quiet_blocks[row] > 0;
    double age_s = (double)less_ns(tables->pace_newest_ns[row], tables->pace_first_ns[row]) / NS;
    for (int side = 0; side < 3; side++) {
        double root = sqrt(round->floor[3 * at + side]), learnt = round->learnt[3 * at + side], levels = round->levels[3 * at + side];
        double usual = (side ? 0.02 * levels : 1.35) * (1.0 + age_s / 20.0);
        double level = greater(known ? lesser(learnt, usual) : usual, root * (side ? 1.0 : 0.0)), spread, limit;
        int own = known && learnt <= usual;
        spread = greater(own ? tables->quiet_spread[3 * row + side] : 0.3 * level, (side ? 0.12 : 0.05) * level);
        limit = own ? tables->quiet_limit[3 * row + side] : 4.0;
        if (round->is_open[at]) level = root + 0.05 * levels, spread = 0.03 / 0.05 * level, limit = 4.0;
        round->quiet[3 * at + side] = level, round->spread[3 * at + side] = spread, round->limit[3 * at + side] = limit;
    }
}

static int is_calm(const bank_round *round, int64_t at) {
    const double *fluctuating = round->fluctuating + 3 * at, *quiet = round->quiet + 3 * at;
    int calm = 1;
    for (int side = 0; side < 3; side++) {
        int heard = side ? round->column[at] == side : !round->is_open[at];
        double score = greater(fluctuating[side] - quiet[side], 0.0) / greater(round->spread[3 * at + side], 1e-30);
        calm &= score * (double)heard < round->limit[3 * at + side] / 2.0;
    }
    return calm;
}

/* Counts a frame towards the block of its path; whether the block is complete. */
static int block_ended(const bank_tables *tables, int64_t row, double newly, const double *fluctuating) {
    int64_t blocks = tables->quiet_blocks[row];
    tables->quiet_elapsed_s[row] += newly;
    tables->quiet_frames[row] = next_of(tables->quiet_frames[row]);
    for (int side = 0; side < 3; side++) {
        double value = fluctuating[side], *highest = tables->quiet_highest + 3 * row + side;
        tables->quiet_sum[3 * row + side] += value;
        tables->quiet_squares[3 * row + side] += value * value;
        *highest = greater(*highest, value);
    }
    double length_s = blocks < 6 ? 1.0 : 5.0 * (blocks == 6 ? 1.0 + tables->turns[row] : 1.0);
    return tables->quiet_elapsed_s[row] >= length_s && tables->quiet_frames[row] >= (blocks < 6 ? 4 : 20);
}

/* What is learnt of subcarriers, of a frame that has a shape; whether it is time to choose anew. */
static int tones_learnt(const bank_tables *tables, int64_t row, double newly, const float *shape, const uint8_t *occupied, const float *deviation,
                        float part, float quiet_part) {
    float seen[TONES], squares[TONES];
    for (int tone = 0; tone < TONES; tone++) seen[tone] = (float)(occupied[tone] != 0), squares[tone] = deviation[tone] * deviation[tone];
    blended(tables->choice_seen + TONES * row, part, seen);
    blended(tables->choice_strength + TONES * row, part, shape);
    blended(tables->choice_lively + TONES * row, part, squares);
    blended(tables->choice_quiet + TONES * row, quiet_part, squares);
    return (tables->choice_since_s[row] += newly) >= 2.0;
}

/* Which of the slower parts want a frame: phase, ripples; whether a bin of breathing has ended before it; the level there. */
static void looked_closer(const bank_tables *tables, const bank_frames *frames, const bank_round *round, int64_t at) {
    int64_t row = frames->rows[at], came = frames->arrival_ns[at], slot = (int64_t)(((uint64_t)tables->ripples_next[row] + 39u) % 40u);
    int64_t bin = came / 250000000 - (came % 250000000 < 0);
    int side = (int)round->column[at];
    tables->phase_since_s[row] += round->passed_s[at];
    round->phase_due[at] = !tables->phase_known[row] || tables->phase_since_s[row] >= 0.2;
    round->ripples_due[at] = less_ns(came, tables->ripples_at_ns[40 * row + slot]) >= 19000000;
    round->bin_ended[at] = bin > tables->stillness_bin[row] && tables->stillness_count[row] > 0;
    round->still_level[at] = (float)(tables->fluctuation_newest[3 * row + side] / greater(tables->baselines_level[3 * row + side], 1e-12));
}

/* The exponential of `taken` is there, and `learnt`. How many of the frames have a shape; with all of them the parts are told of it here. */
int64_t kernel_bank_learn(const bank_tables *tables, const bank_frames *frames, const bank_round *round) {
    int64_t many = frames->many, shaped = 0;
    if (!rows_fit(tables, frames, round)) return -1;
    for (int64_t at = 0; at < many; at++) shaped += round->use[3 * at] != 0;
    for (int64_t at = 0; at < many; at++) {
        int64_t row = frames->rows[at];
        const double *power = tables->fluctuation_power + 3 * row, *floor = round->floor + 3 * at;
        double *fluctuating = round->fluctuating + 3 * at, newly = round->new_s[at];
        const float *shape = frames->shape + TONES * at;
        settled(tables, row, shape, round->level + 2 * at, round->use + 3 * at, floor, round->taken + 3 * at);
        double beside = 1.0 + power[0] / greater(greater(round->noise[at], floor[0]), 1e-12);
        fluctuating[0] = sqrt(greater(beside, 0.0));
        for (int side = 1; side < 3; side++) fluctuating[side] = sqrt(greater(power[side], 0.0));
        quiet_of(tables, round, at, row);
        round->calm[at] = (uint8_t)is_calm(round, at);
        round->quiet_due[at] = (uint8_t)block_ended(tables, row, newly, fluctuating);
        if (shaped < many) continue;
        float part = (float)-round->shares[WINDOW * many + at], quiet_part = round->calm[at] ? (float)-round->shares[QUIET_TONES * many + at] : 0.0f;
        round->choice_due[at] = (uint8_t)tones_learnt(tables, row, newly, shape, frames->occupied + TONES * at, round->deviation + TONES * at, part, quiet_part);
        looked_closer(tables, frames, round, at);
    }
    return shaped;
}

/* Adds a frame to the bin of breathing of each path, after those that ended were looked at; `waves` (many, 5) of their shapes. */
int64_t kernel_bank_still(const bank_tables *tables, const bank_frames *frames, const bank_round *round, const float *waves) {
    if (!rows_fit(tables, frames, round)) return -1;
    for (int64_t at = 0; at < frames->many; at++, waves += 5) {
        int64_t row = frames->rows[at], came = frames->arrival_ns[at], bin = came / 250000000 - (came % 250000000 < 0);
        float *sum = tables->stillness_sum + 6 * row;
        for (int wave = 0; wave < 5; wave++) sum[wave] += waves[wave];
        sum[5] += round->still_level[at];
        if (bin > tables->stillness_bin[row]) tables->stillness_bin[row] = bin;
        if (!round->calm[at]) tables->stillness_moving[row] = 1;
        tables->stillness_count[row] = next_of(tables->stillness_count[row]);
    }
    return 0;
}
