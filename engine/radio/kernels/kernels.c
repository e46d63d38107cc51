/* What the radio step does most, over arrays that the caller owns. `plain.py` says the same in numpy, to the last bit: so sums are added up in
   the order in which numpy adds them, products are not contracted, and logarithm and exponential are this file's own. Sizes are checked before these are
   entered (compiled.py); what is looked up by (levels, depths, nodes) is held inside its table here. Nothing is kept between calls. */
#include <math.h>
#include <stdint.h>
#include <string.h>

#define DEPTHS 64
#define LEVELS 96
#define DEPTH(bin) ((bin) & (DEPTHS - 1))
#define TILE 64
#define LINKS_AT_ONCE 32 /* whose tables stay near the processor */

/* The same arithmetic four numbers at a time where the processor can; without reordering it comes to the same bits. */
#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__)
#define WIDE __attribute__((target_clones("avx2", "default")))
#else
#define WIDE
#endif

static uint64_t bits_of(double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static double of_bits(uint64_t bits) {
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* Natural logarithm of a normal number above 0, as in FreeBSD's e_log.c: below one unit in the last place. */
static inline double log_of(double value) {
    uint64_t bits = bits_of(value);
    uint64_t power = (bits - 0x3fe6a09e00000000u + 0x3ff0000000000000u) >> 52; /* above 1023, of the nearest power of two */
    double mantissa = of_bits(bits - (power << 52) + 0x3ff0000000000000u);     /* from sqrt(1/2) to sqrt(2) */
    double k = of_bits(power | 0x4330000000000000u) - (4503599627370496.0 + 1023.0);
    double f = mantissa - 1.0;
    double s = f / (2.0 + f), z = s * s, w = z * z;
    double even = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01));
    double odd = z * (6.666666666666735130e-01 + w * (2.857142874366239149e-01 + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)));
    double half = 0.5 * f * f;
    return k * 6.93147180369123816490e-01 - ((half - (s * (half + (odd + even)) + k * 1.90821492927058770002e-10)) - f);
}

/* e^value, as in FreeBSD's e_exp.c but for where it ends: below one unit in the last place between e^-700 and e^700, and no less or more. */
static inline double exp_of(double value) {
    double inside = value > -700.0 ? value : -700.0;
    inside = inside < 700.0 ? inside : 700.0;
    double shifted = inside * 1.44269504088896338700e+00 + 6755399441055744.0; /* whole numbers are the last bits of such a sum */
    double k = shifted - 6755399441055744.0;
    double high = inside - k * 6.93147180369123816490e-01, low = k * 1.90821492927058770002e-10;
    double x = high - low, t = x * x;
    double c = x - t * (1.66666666666666019037e-01 +
                        t * (-2.77777777770155933842e-03 +
                             t * (6.61375632143793436117e-05 + t * (-1.65339022054652515390e-06 + t * 4.13813679705723846039e-08))));
    double y = 1.0 - ((low - (x * c) / (2.0 - c)) - high);
    return of_bits(bits_of(y) + (bits_of(shifted) << 52));
}

WIDE int64_t kernel_log(const double *__restrict values, int64_t many, double *__restrict logs) {
    for (int64_t at = 0; at < many; at++) logs[at] = log_of(values[at]);
    return 0;
}

WIDE int64_t kernel_exp(const double *__restrict values, int64_t many, double *__restrict powers) {
    for (int64_t at = 0; at < many; at++) powers[at] = exp_of(values[at]);
    return 0;
}

/* One link: law rows of the level above and below. */
WIDE static void ratios_of(const double *__restrict upper, const double *__restrict lower, double above, double below, double least, double weight,
                           double *__restrict row) {
    double alone = above - below;
    double beforehand = log_of(alone > least ? alone : least);
    for (int depth = 0; depth < DEPTHS; depth++) {
        double joined = upper[depth] * above - lower[depth] * below;
        row[depth] = (log_of(joined > least ? joined : least) - beforehand) * weight;
    }
}

int64_t kernel_ratios(const double *law, const int64_t *level, const double *above, const double *below, const double *weight, int64_t links,
                      double *table) {
    for (int64_t link = 0; link < links; link++) {
        if (level[link] < 0 || level[link] >= LEVELS) return -1;
        const double *lower = law + level[link] * DEPTHS;
        ratios_of(lower + DEPTHS, lower, above[link], below[link], 1e-12, weight[link], table + link * DEPTHS);
    }
    return 0;
}

/* Eight squares at a time: their sums stay in registers while a block of links is added. */
static void add_eight(const double *__restrict table, const uint8_t *__restrict depths, int64_t links, int64_t stride, double *__restrict sums) {
    double a = sums[0], b = sums[1], c = sums[2], d = sums[3], e = sums[4], f = sums[5], g = sums[6], h = sums[7];
    for (int64_t link = 0; link < links; link++, table += DEPTHS, depths += stride) {
        a += table[DEPTH(depths[0])], b += table[DEPTH(depths[1])], c += table[DEPTH(depths[2])], d += table[DEPTH(depths[3])];
        e += table[DEPTH(depths[4])], f += table[DEPTH(depths[5])], g += table[DEPTH(depths[6])], h += table[DEPTH(depths[7])];
    }
    sums[0] = a, sums[1] = b, sums[2] = c, sums[3] = d, sums[4] = e, sums[5] = f, sums[6] = g, sums[7] = h;
}

/* Sums over links, one after the other, at each place (links x places). */
static void sum_in_turn(const double *table, const uint8_t *depths, int64_t links, int64_t places, double *sums) {
    memset(sums, 0, (size_t)places * sizeof *sums);
    for (int64_t begin = 0; begin < links; begin += LINKS_AT_ONCE) {
        int64_t many = links - begin < LINKS_AT_ONCE ? links - begin : LINKS_AT_ONCE, place = 0;
        const double *rows = table + begin * DEPTHS;
        const uint8_t *block = depths + begin * places;
        for (; place + 8 <= places; place += 8) add_eight(rows, block + place, many, places, sums + place);
        for (; place < places; place++)
            for (int64_t link = 0; link < many; link++) sums[place] += rows[link * DEPTHS + DEPTH(block[link * places + place])];
    }
}

int64_t kernel_best(const double *table, const uint8_t *depths, int64_t links, int64_t squares, int64_t heights, double *sums, double *best) {
    sum_in_turn(table, depths, links, squares * heights, sums);
    for (int64_t square = 0; square < squares; square++) {
        double most = sums[square];
        for (int64_t height = 1; height < heights; height++) {
            double other = sums[height * squares + square];
            most = other > most || other != other ? other : most;
        }
        best[square] = most;
    }
    return 0;
}

/* numpy's sum along a row: fewer than eight in turn, up to 128 as eight sums that are joined in pairs, more by halves. */
static double pairwise(const double *values, int64_t many) {
    if (many < 8) {
        double sum = 0.0;
        for (int64_t at = 0; at < many; at++) sum += values[at];
        return sum;
    }
    if (many > 128) {
        int64_t half = many / 2 - (many / 2) % 8;
        return pairwise(values, half) + pairwise(values + half, many - half);
    }
    double sums[8];
    memcpy(sums, values, sizeof sums);
    int64_t at = 8;
    for (; at + 8 <= many; at += 8)
        for (int lane = 0; lane < 8; lane++) sums[lane] += values[at + lane];
    double sum = ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
    for (; at < many; at++) sum += values[at];
    return sum;
}

/* The same of what a table (links, width) says at places of it, held inside by `mask`, that lie `stride` apart. */
static inline double gathered_of(const double *table, int64_t width, uint8_t mask, const uint8_t *places, int64_t stride, int64_t links) {
    if (links > 128) {
        int64_t half = links / 2 - (links / 2) % 8;
        return gathered_of(table, width, mask, places, stride, half) +
               gathered_of(table + half * width, width, mask, places + half * stride, stride, links - half);
    }
    double sums[8] = {0}, sum = 0.0;
    int64_t link = 0;
    for (; link + 8 <= links; link += 8)
        for (int lane = 0; lane < 8; lane++) sums[lane] += table[(link + lane) * width + (places[(link + lane) * stride] & mask)];
    if (link) sum = ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
    for (; link < links; link++) sum += table[link * width + (places[link * stride] & mask)];
    return sum;
}

static double gathered(const double *table, const uint8_t *depths, int64_t stride, int64_t links) {
    return gathered_of(table, DEPTHS, DEPTHS - 1, depths, stride, links);
}

int64_t kernel_totals(const double *table, const uint8_t *depths, int64_t links, int64_t places, double *totals) {
    for (int64_t place = 0; place < places; place++) totals[place] = gathered(table, depths + place, places, links);
    return 0;
}

static double average(const double *row, const uint8_t *depths, const double *share, int64_t places, double *work) {
    for (int64_t place = 0; place < places; place++) work[place] = row[DEPTH(depths[place])] * share[place];
    return pairwise(work, places);
}

int64_t kernel_shade(const double *law, const int64_t *level, const uint8_t *depths, const double *share, int64_t links, int64_t places,
                     double *work, double *above, double *below) {
    for (int64_t link = 0; link < links; link++) {
        if (level[link] < 0 || level[link] >= LEVELS) return -1;
        const double *lower = law + level[link] * DEPTHS;
        above[link] = average(lower + DEPTHS, depths + link * places, share, places, work);
        below[link] = average(lower, depths + link * places, share, places, work);
    }
    return 0;
}

WIDE static void ways_of(const double *__restrict node, const double *__restrict x, const double *__restrict y, const double *__restrict z,
                         double *__restrict ways) {
    for (int at = 0; at < TILE; at++) {
        double east = x[at] - node[0], north = y[at] - node[1], up = z[at] - node[2];
        ways[at] = sqrt(east * east + north * north + up * up);
    }
}

WIDE static void stretched(const double *__restrict one, const double *__restrict other, double length_m, double half_wave_m,
                           double *__restrict times) {
    for (int at = 0; at < TILE; at++) {
        double excess = one[at] + other[at] - length_m;
        times[at] = (excess < 0.0 ? 0.0 : excess) / half_wave_m + 1.0;
    }
}

/* `first`: by exponent and five bits of what follows, the bin that a number is in at least; at most one edge lies above it. */
static uint8_t bin_of(double times, const uint8_t *first, const double *edges) {
    uint64_t key = (bits_of(times) >> 47) - (1023u << 5);
    uint8_t bin = DEPTH(first[key < 288 ? key : 288]);
    return (uint8_t)(bin + (times >= edges[bin + 1]));
}

int64_t kernel_depths(const double *nodes, int64_t many, const int64_t *one, const int64_t *other, const double *length_m,
                      const double *half_wave_m, int64_t links, const double *points, int64_t places, const uint8_t *first, const double *edges,
                      double *work, uint8_t *depths) {
    double x[TILE] = {0}, y[TILE] = {0}, z[TILE] = {0}, times[TILE];
    for (int64_t link = 0; link < links; link++)
        if (one[link] < 0 || one[link] >= many || other[link] < 0 || other[link] >= many) return -1;
    for (int64_t begin = 0; begin < places; begin += TILE) {
        int64_t now = places - begin < TILE ? places - begin : TILE;
        for (int64_t at = 0; at < now; at++) {
            const double *point = points + 3 * (begin + at);
            x[at] = point[0], y[at] = point[1], z[at] = point[2];
        }
        for (int64_t node = 0; node < many; node++) ways_of(nodes + 3 * node, x, y, z, work + node * TILE);
        for (int64_t link = 0; link < links; link++) {
            stretched(work + one[link] * TILE, work + other[link] * TILE, length_m[link], half_wave_m[link], times);
            for (int64_t at = 0; at < now; at++) depths[link * places + begin + at] = bin_of(times[at], first, edges);
        }
    }
    return 0;
}

/* Two readings at a time from here on, in turn in memory: what is looked up for one is looked up for both. A view is what somebody who is
   looked for stands beside: distribution functions above and below the level of each link (above: links, below: links). */

#if defined(__GNUC__)
typedef double two __attribute__((vector_size(16)));
#define ADD_TWO(sum, values) sum += values
#else
typedef struct { double one, other; } two;
#define ADD_TWO(sum, values) sum.one += values.one, sum.other += values.other
#endif

static inline two two_at(const double *values) {
    two found;
    memcpy(&found, values, sizeof found);
    return found;
}

#define ADD_NEXT(sum, at) row = two_at(tables + 2 * DEPTH(depths[at])), ADD_TWO(sum, row)

static void two_by_eight(const double *__restrict tables, const uint8_t *__restrict depths, int64_t links, int64_t stride, double *__restrict sums) {
    two a = two_at(sums), b = two_at(sums + 2), c = two_at(sums + 4), d = two_at(sums + 6), row;
    two e = two_at(sums + 8), f = two_at(sums + 10), g = two_at(sums + 12), h = two_at(sums + 14);
    for (int64_t link = 0; link < links; link++, tables += 2 * DEPTHS, depths += stride) {
        ADD_NEXT(a, 0), ADD_NEXT(b, 1), ADD_NEXT(c, 2), ADD_NEXT(d, 3);
        ADD_NEXT(e, 4), ADD_NEXT(f, 5), ADD_NEXT(g, 6), ADD_NEXT(h, 7);
    }
    two all[8] = {a, b, c, d, e, f, g, h};
    memcpy(sums, all, sizeof all);
}

static void two_sums(const double *tables, const uint8_t *depths, int64_t links, int64_t places, double *sums) {
    memset(sums, 0, (size_t)places * 2 * sizeof *sums);
    for (int64_t begin = 0; begin < links; begin += LINKS_AT_ONCE) {
        int64_t many = links - begin < LINKS_AT_ONCE ? links - begin : LINKS_AT_ONCE, place = 0;
        const double *rows = tables + begin * 2 * DEPTHS;
        const uint8_t *block = depths + begin * places;
        for (; place + 8 <= places; place += 8) two_by_eight(rows, block + place, many, places, sums + 2 * place);
        for (; place < places; place++)
            for (int64_t link = 0; link < many; link++) {
                const double *values = rows + 2 * (link * DEPTHS + DEPTH(block[link * places + place]));
                sums[2 * place] += values[0], sums[2 * place + 1] += values[1];
            }
    }
}

/* A floor: `depths` (links, heights, squares), `standing` (squares, links) of somebody in the middle of each square. */
typedef struct {
    const uint8_t *depths, *standing;
    int64_t links, heights, squares;
} floor_of_links;

/* The gains (2, squares) of one more person beside two views; `tables` (links, DEPTHS, 2), `sums` (heights * squares, 2). */
static void two_gains(const floor_of_links *floor, const double *law, const double *other_law, const int64_t *level, const double *view,
                      const double *other_view, const double *weight, double *tables, double *sums, double *gains) {
    double rows[2][DEPTHS];
    for (int64_t link = 0; link < floor->links; link++, tables += 2 * DEPTHS) {
        const double *lower = law + level[link] * DEPTHS, *beneath = other_law + level[link] * DEPTHS;
        ratios_of(lower + DEPTHS, lower, view[link], view[floor->links + link], 1e-12, weight[link], rows[0]);
        ratios_of(beneath + DEPTHS, beneath, other_view[link], other_view[floor->links + link], 1e-12, weight[link], rows[1]);
        for (int depth = 0; depth < DEPTHS; depth++) tables[2 * depth] = rows[0][depth], tables[2 * depth + 1] = rows[1][depth];
    }
    tables -= floor->links * 2 * DEPTHS;
    two_sums(tables, floor->depths, floor->links, floor->heights * floor->squares, sums);
    for (int64_t square = 0; square < floor->squares; square++)
        for (int lane = 0; lane < 2; lane++) {
            double most = sums[2 * square + lane];
            for (int64_t height = 1; height < floor->heights; height++) {
                double next = sums[2 * (height * floor->squares + square) + lane];
                most = next > most ? next : most;
            }
            gains[lane * floor->squares + square] = most;
        }
}

/* The same (squares) beside one view. */
static void one_gain(const floor_of_links *floor, const double *law, const int64_t *level, const double *view, const double *weight,
                     double *table, double *sums, double *gain) {
    kernel_ratios(law, level, view, view + floor->links, weight, floor->links, table);
    kernel_best(table, floor->depths, floor->links, floor->squares, floor->heights, sums, gain);
}

static int64_t place_of_most(const double *values, int64_t many) {
    int64_t place = 0;
    for (int64_t at = 1; at < many; at++)
        if (values[at] > values[place]) place = at;
    return place;
}

/* A view with one more in it, who stands in the middle of a square. */
static void with_standing(const floor_of_links *floor, const double *law, const int64_t *level, const double *view, int64_t square, double *joined) {
    const uint8_t *depths = floor->standing + square * floor->links;
    for (int64_t link = 0; link < floor->links; link++) {
        const double *lower = law + level[link] * DEPTHS + DEPTH(depths[link]);
        joined[link] = view[link] * lower[DEPTHS];
        joined[floor->links + link] = view[floor->links + link] * lower[0];
    }
}

static int all_levels(const int64_t *level, int64_t links) {
    for (int64_t link = 0; link < links; link++)
        if (level[link] < 0 || level[link] >= LEVELS) return 0;
    return 1;
}

static void joined_views(const double *stray, const double *views, int64_t people, int64_t but, int64_t links, double *joined) {
    memcpy(joined, stray, (size_t)(2 * links) * sizeof *joined);
    for (int64_t person = 0; person < people; person++)
        for (int64_t at = 0; person != but && at < 2 * links; at++) joined[at] *= views[person * 2 * links + at];
}

/* What somebody who is followed adds where they are: the rows of one of two tables, over their cloud. `work`: places + links. */
static double worth_of(const double *tables, int lane, const uint8_t *depths, const double *share, int64_t links, int64_t places, double *work) {
    double *row = work + places;
    for (int64_t place = 0; place < places; place++) {
        for (int64_t link = 0; link < links; link++) row[link] = tables[2 * (link * DEPTHS + DEPTH(depths[link * places + place])) + lane];
        work[place] = pairwise(row, links) * share[place];
    }
    return pairwise(work, places);
}

/* Gain (squares) of one more person beside people whose views (people, 2, links) are given, each of whom may step aside: see `newcomer` of
   plain.py. `aside` (people): the square where they went, -1 for nowhere. Views are changed with that.
   `work`: links * (2 * DEPTHS + 7) + 2 * heights * squares + 4 * squares + places. */
int64_t kernel_newcomer(const double *law, const int64_t *level, const double *stray, const double *weight, const uint8_t *depths,
                        const uint8_t *standing, int64_t links, int64_t heights, int64_t squares, double *views, const uint8_t *clouds,
                        const double *shares, int64_t people, int64_t places, double least, double share_of_misfit, double *work, double *gain,
                        int64_t *aside) {
    floor_of_links floor = {depths, standing, links, heights, squares};
    double *tables = work, *rest = tables + links * 2 * DEPTHS, *beside = rest + 2 * links, *row = beside + 2 * links + 2 * links;
    double *sums = row + links + places, *gains = sums + 2 * heights * squares, *others = gains + 2 * squares;
    double misfit = 0.0;
    if (squares < 1 || !all_levels(level, links)) return -1;
    joined_views(stray, views, people, -1, links, rest);
    one_gain(&floor, law, level, rest, weight, tables, sums, gain);
    for (int64_t person = 0; person < people; person++) {
        int64_t most = place_of_most(gain, squares);
        joined_views(stray, views, people, person, links, rest);
        with_standing(&floor, law, level, rest, most, beside);
        two_gains(&floor, law, law, level, beside, rest, weight, tables, sums, gains);
        double *alone = gains + squares;
        int64_t place = place_of_most(gains, squares), top = place_of_most(alone, squares);
        double worth = worth_of(tables, 1, clouds + person * links * places, shares + person * places, links, places, row);
        double left = alone[top] - worth, lost = alone[place] - worth;
        misfit += left > 0.0 ? left : 0.0;
        with_standing(&floor, law, level, rest, place, beside);
        one_gain(&floor, law, level, beside, weight, tables, sums, others);
        for (int64_t square = 0; square < squares; square++) others[square] += lost < 0.0 ? lost : 0.0;
        aside[person] = -1;
        if (others[place_of_most(others, squares)] > gain[most] + least) {
            memcpy(gain, others, (size_t)squares * sizeof *gain);
            aside[person] = place;
            double *view = views + person * 2 * links;
            for (int64_t at = 0; at < 2 * links; at++) view[at] = 1.0;
            with_standing(&floor, law, level, view, place, view);
        }
    }
    for (int64_t square = 0; square < squares; square++) gain[square] -= share_of_misfit * misfit;
    return 0;
}

/* Bits of a number that rise as it falls. */
static uint32_t falling(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits & 0x80000000u ? bits : ~(bits | 0x80000000u);
}

/* Puts `order` into rising order of its keys, equal ones as they were; `spare` is as long. Byte by byte; bytes that are all alike are left. */
static uint32_t *sorted_by(const uint32_t *keys, uint32_t *order, uint32_t *spare, int64_t many) {
    for (int shift = 0; shift < 32; shift += 8) {
        int64_t begins[257] = {0};
        for (int64_t at = 0; at < many; at++) begins[1 + (keys[at] >> shift & 255)]++;
        if (many == 0 || begins[1 + (keys[0] >> shift & 255)] == many) continue;
        for (int byte = 0; byte < 256; byte++) begins[byte + 1] += begins[byte];
        for (int64_t at = 0; at < many; at++) spare[begins[keys[order[at]] >> shift & 255]++] = order[at];
        uint32_t *other = order;
        order = spare, spare = other;
    }
    return order;
}

/* Those of `many` whose value is above `least`, the strongest `most` of them where there are more; `work`: 3 x many. */
int64_t kernel_standing_out(const double *values, const int64_t *which, int64_t many, int64_t among, double least, int64_t most,
                            int64_t *found, uint32_t *work) {
    uint32_t *keys = work, *order = work + many, *spare = work + 2 * many;
    int64_t count = 0;
    for (int64_t at = 0; at < many; at++) {
        if (which[at] < 0 || which[at] >= among) return -1;
        double value = values[which[at]];
        if (value > least) keys[count] = falling((float)value + 0.0f), order[count] = (uint32_t)count, found[count++] = at;
    }
    if (count <= most) return count;
    order = sorted_by(keys, order, spare, count);
    spare = order == work + many ? work + 2 * many : work + many;
    for (int64_t at = 0; at < most; at++) spare[at] = (uint32_t)found[order[at]];
    for (int64_t at = 0; at < most; at++) found[at] = spare[at];
    return most;
}

/* x, y, z and value of the voxels over some columns whose sum over links exceeds `least`, strongest first. `depths` (all columns, heights,
   links), `spots` (all columns, 2), `levels` (heights). `shown`: four for each voxel over the columns; `work`: as many. */
int64_t kernel_voxels(const double *table, const uint8_t *depths, int64_t links, int64_t heights, const int64_t *columns, int64_t many,
                      int64_t all, const float *spots, const float *levels, double least, int64_t most, float *shown, uint32_t *work) {
    int64_t voxels = many * heights, count = 0;
    uint32_t *keys = work, *order = work + voxels, *spare = work + 2 * voxels, *places = work + 3 * voxels;
    for (int64_t at = 0; at < many; at++) {
        if (columns[at] < 0 || columns[at] >= all) return -1;
        for (int64_t height = 0; height < heights; height++) {
            double value = gathered(table, depths + (columns[at] * heights + height) * links, 1, links);
            if (!(value > least)) continue;
            keys[count] = falling((float)value + 0.0f), order[count] = (uint32_t)count, places[count++] = (uint32_t)(at * heights + height);
        }
    }
    order = sorted_by(keys, order, spare, count);
    if (count > most) count = most;
    for (int64_t at = 0; at < count; at++, shown += 4) {
        int64_t place = places[order[at]], column = columns[place / heights];
        uint32_t key = keys[order[at]], bits = key & 0x80000000u ? key : ~key & 0x7fffffffu;
        shown[0] = spots[2 * column], shown[1] = spots[2 * column + 1], shown[2] = levels[place % heights];
        memcpy(shown + 3, &bits, sizeof bits);
    }
    return count;
}
