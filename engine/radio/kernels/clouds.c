/* Clouds of guesses of where somebody is: what links say of each guess, Bayes' rule, and what a cloud amounts to. As in kernels.c, to the last bit
   what plain_clouds.py says. */

/* Bayes' rule with log-likelihood ratios `gain` (many) times `scale`: shares to come in `weighed`. `found`: the log of the mean likelihood ratio,
   tempered by `temper`, and the sum of the squares of the shares. `work`: 2 x many. */
WIDE int64_t kernel_weigh(const double *__restrict gain, const double *__restrict share, int64_t many, double scale, double temper, double haste,
                          double *__restrict work, double *__restrict weighed, double *__restrict found) {
    double top = gain[0] * scale, *likely = work + many;
    for (int64_t at = 0; at < many; at++) {
        double value = work[at] = gain[at] * scale;
        top = value > top ? value : top;
    }
    for (int64_t at = 0; at < many; at++) likely[at] = share[at] * exp_of(temper * (work[at] - top));
    double mean = pairwise(likely, many);
    found[0] = log_of(mean > 1e-300 ? mean : 1e-300) + temper * top;
    for (int64_t at = 0; at < many; at++) likely[at] = share[at] * exp_of(haste * (work[at] - top));
    double total = pairwise(likely, many);
    for (int64_t at = 0; at < many; at++) {
        weighed[at] = likely[at] / total;
        work[at] = weighed[at] * weighed[at];
    }
    found[1] = pairwise(work, many);
    return 0;
}

/* Each guess as often as its share says, from evenly spaced marks of which the first is `draw` (0 to 1) of a step up. */
int64_t kernel_resampled(const double *spots, const double *speeds, const double *share, int64_t many, double draw, double *new_spots,
                         double *new_speeds) {
    int64_t chosen = 0;
    double sum = many ? share[0] : 0.0;
    for (int64_t at = 0; at < many; at++) {
        double mark = ((double)at + draw) / (double)many;
        while (sum < mark && chosen + 1 < many) sum += share[++chosen];
        memcpy(new_spots + 3 * at, spots + 3 * chosen, 3 * sizeof *spots);
        memcpy(new_speeds + 3 * at, speeds + 3 * chosen, 3 * sizeof *speeds);
    }
    return 0;
}

/* Takes off the gain of each spot (many, stride) what bodies (bodies, 2) that stand there already leave no room for. */
WIDE int64_t kernel_bodies(double *__restrict gain, const double *__restrict spots, int64_t stride, int64_t many, const double *__restrict taken,
                           int64_t bodies) {
    for (int64_t body = 0; body < bodies; body++)
        for (int64_t at = 0; at < many; at++) {
            double east = spots[stride * at] - taken[2 * body], north = spots[stride * at + 1] - taken[2 * body + 1];
            gain[at] -= 5.0 * exp_of((east * east + north * north) * (-1.0 / (2.0 * (0.45 * 0.45))));
        }
    return 0;
}

/* A step of the search for somebody more, over squares (along, across): `share` spreads to its neighbours and is weighed by `gain`. Unscaled shares
   to come in `joint`; `found`: the greatest gain, and the sum of the shares. `work`: along x across. */
WIDE int64_t kernel_search(double *__restrict gain, const double *__restrict share, int64_t along, int64_t across, double part, double stays,
                           double comes, double *__restrict work, double *__restrict joint, double *__restrict found) {
    int64_t many = along * across;
    double top = gain[0], there = stays + comes, each = comes / (double)many;
    for (int64_t at = 1; at < many; at++) top = gain[at] > top ? gain[at] : top;
    memcpy(work, share, (size_t)many * sizeof *work);
    for (int64_t at = 0; at + across < many; at++) work[at] += part * (share[at + across] - share[at]);
    for (int64_t at = 0; at + across < many; at++) work[at + across] -= part * (share[at + across] - share[at]);
    memcpy(joint, work, (size_t)many * sizeof *work);
    for (int64_t row = 0; row < along; row++, work += across, joint += across) {
        for (int64_t at = 0; at + 1 < across; at++) joint[at] += part * (work[at + 1] - work[at]);
        for (int64_t at = 0; at + 1 < across; at++) joint[at + 1] -= part * (work[at + 1] - work[at]);
    }
    joint -= many;
    for (int64_t at = 0; at < many; at++) joint[at] = (stays * joint[at] + each) / there * exp_of(gain[at] - top);
    found[0] = top, found[1] = pairwise(joint, many);
    return 0;
}

/* Mean place, mean speed, covariance of the place (3, 3), and the share of the cloud inside a box (west, south, east, north): 16 numbers.
   `work`: many. */
int64_t kernel_moments(const double *spots, const double *speeds, const double *share, int64_t many, const double *box, double *work,
                       double *found) {
    double *mean = found, *speed = found + 3, *spread = found + 6;
    memset(found, 0, 16 * sizeof *found);
    for (int64_t at = 0; at < many; at++)
        for (int axis = 0; axis < 3; axis++) mean[axis] += share[at] * spots[3 * at + axis], speed[axis] += share[at] * speeds[3 * at + axis];
    for (int64_t at = 0; at < many; at++) {
        double off[3];
        for (int axis = 0; axis < 3; axis++) off[axis] = spots[3 * at + axis] - mean[axis];
        for (int axis = 0; axis < 3; axis++)
            for (int other = 0; other < 3; other++) spread[3 * axis + other] += off[axis] * share[at] * off[other];
        int inside = spots[3 * at] > box[0] && spots[3 * at + 1] > box[1] && spots[3 * at] < box[2] && spots[3 * at + 1] < box[3];
        work[at] = inside ? share[at] : 0.0;
    }
    found[15] = pairwise(work, many);
    return 0;
}

typedef struct {
    const double *nodes;
    int64_t many;
    const int64_t *one, *other;
    const double *length_m, *half_wave_m;
    int64_t links;
    const uint8_t *first;
    const double *edges;
} deep_links;

static int deep_nodes_fit(const deep_links *deep) {
    for (int64_t link = 0; link < deep->links; link++)
        if (deep->one[link] < 0 || deep->one[link] >= deep->many || deep->other[link] < 0 || deep->other[link] >= deep->many) return 0;
    return 1;
}

/* Bins of depth of up to TILE points, of which x, y and z are given one after the other: found (links, stride). `work`: nodes x TILE. */
static void deep_in(const deep_links *deep, const double *points, int64_t now, double *work, uint8_t *found, int64_t stride) {
    double times[TILE];
    for (int64_t node = 0; node < deep->many; node++)
        ways_of(deep->nodes + 3 * node, points, points + TILE, points + 2 * TILE, work + node * TILE);
    for (int64_t link = 0; link < deep->links; link++) {
        stretched(work + deep->one[link] * TILE, work + deep->other[link] * TILE, deep->length_m[link], deep->half_wave_m[link], times);
        for (int64_t at = 0; at < now; at++) found[link * stride + at] = bin_of(times[at], deep->first, deep->edges);
    }
}

/* Every so manieth guess of a cloud: their depths (links, n) and shares `parts` (n), and what they make of each link: `shades` (3, links), the
   distribution functions above and below its level, and of nothing seen. `work`: nodes x TILE + n. */
int64_t kernel_shade_cloud(const double *nodes, int64_t many, const int64_t *one, const int64_t *other, const double *length_m,
                           const double *half_wave_m, int64_t links, const double *spots, const double *share, int64_t guesses, int64_t every,
                           const double *law, const int64_t *level, const uint8_t *first, const double *edges, double *work, uint8_t *depths,
                           double *parts, double *shades) {
    deep_links deep = {nodes, many, one, other, length_m, half_wave_m, links, first, edges};
    int64_t places = (guesses + every - 1) / every;
    double *row = work + many * TILE;
    if (!deep_nodes_fit(&deep) || !all_levels(level, links)) return -1;
    for (int64_t begin = 0; begin < places; begin += TILE) {
        double points[3 * TILE] = {0};
        int64_t now = places - begin < TILE ? places - begin : TILE;
        for (int64_t at = 0; at < now; at++)
            for (int axis = 0; axis < 3; axis++) points[axis * TILE + at] = spots[3 * every * (begin + at) + axis];
        deep_in(&deep, points, now, work, depths + begin, places);
    }
    for (int64_t at = 0; at < places; at++) parts[at] = share[every * at];
    double sum = pairwise(parts, places);
    for (int64_t at = 0; at < places; at++) parts[at] /= sum > 1e-300 ? sum : 1e-300;
    for (int64_t link = 0; link < links; link++) {
        const double *lower = law + level[link] * DEPTHS;
        const uint8_t *there = depths + link * places;
        shades[link] = average(lower + DEPTHS, there, parts, places, row);
        shades[links + link] = average(lower, there, parts, places, row);
        shades[2 * links + link] = average(law + DEPTHS, there, parts, places, row);
    }
    return 0;
}

/* What levels say of each guess where it was `delay_s` ago. `others` (2, links): as `stray` of others. `work`: links * DEPTHS + nodes * TILE +
   links * TILE / 8. */
int64_t kernel_place_gain(const double *nodes, int64_t many, const int64_t *one, const int64_t *other, const double *length_m,
                          const double *half_wave_m, int64_t links, const double *spots, const double *speeds, int64_t guesses, double delay_s,
                          const double *law, const int64_t *level, const double *others, const double *weight, const uint8_t *first,
                          const double *edges, double *work, double *gain) {
    deep_links deep = {nodes, many, one, other, length_m, half_wave_m, links, first, edges};
    double *table = work, *away = table + links * DEPTHS;
    uint8_t *depths = (uint8_t *)(away + many * TILE);
    if (!deep_nodes_fit(&deep) || kernel_ratios(law, level, others, others + links, weight, links, table) < 0) return -1;
    for (int64_t begin = 0; begin < guesses; begin += TILE) {
        double points[3 * TILE] = {0};
        int64_t now = guesses - begin < TILE ? guesses - begin : TILE;
        for (int64_t at = 0; at < now; at++)
            for (int axis = 0; axis < 3; axis++)
                points[axis * TILE + at] = spots[3 * (begin + at) + axis] - delay_s * speeds[3 * (begin + at) + axis];
        deep_in(&deep, points, now, away, depths, TILE);
        for (int64_t at = 0; at < now; at++) gain[begin + at] = gathered(table, depths + at, TILE, links);
    }
    return 0;
}

/* What each link adds for somebody at a place, what is the most that the rest adds at any of the guesses or there, and by how much the way over the
   place is longer than the link: `found` (3, links), then what all of them add together at the place. `clouds` (links, guesses): depths. `work`: links * DEPTHS + nodes * TILE + guesses + 1 + links / 8 + 1. */
int64_t kernel_explain(const double *nodes, int64_t many, const int64_t *one, const int64_t *other, const double *length_m,
                       const double *half_wave_m, int64_t links, const double *place, const double *law, const int64_t *level,
                       const double *others, const double *weight, const uint8_t *clouds, int64_t guesses, const uint8_t *first,
                       const double *edges, double *work, double *found) {
    deep_links deep = {nodes, many, one, other, length_m, half_wave_m, links, first, edges};
    double points[3 * TILE] = {0}, *table = work, *away = table + links * DEPTHS, *sums = away + many * TILE;
    uint8_t *here = (uint8_t *)(sums + guesses + 1);
    if (!deep_nodes_fit(&deep) || kernel_ratios(law, level, others, others + links, weight, links, table) < 0) return -1;
    for (int axis = 0; axis < 3; axis++) points[axis * TILE] = place[axis];
    deep_in(&deep, points, 1, away, here, 1);
    double whole = found[3 * links] = gathered(table, here, 1, links);
    for (int64_t at = 0; at < guesses; at++) sums[at] = gathered(table, clouds + at, guesses, links);
    for (int64_t link = 0; link < links; link++) {
        const double *row = table + link * DEPTHS;
        double own = row[DEPTH(here[link])], most = whole - own;
        double longer = away[deep.one[link] * TILE] + away[deep.other[link] * TILE] - length_m[link];
        found[link] = own, found[2 * links + link] = longer < 0.0 ? 0.0 : longer;
        for (int64_t at = 0; at < guesses; at++) {
            double rest = sums[at] - row[DEPTH(clouds[link * guesses + at])];
            most = rest > most ? rest : most;
        }
        found[links + link] = most;
    }
    return 0;
}
