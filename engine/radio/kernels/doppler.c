/* Clouds of people who walk, and where the Doppler shifts of links show each of them; as in kernels.c, to the last bit what plain.py says. */

#define AT_NODE_M 0.1

/* By how much the ways from a node over points that move grow, in m/s. */
WIDE static void growth_of(const double *__restrict node, const double *__restrict points, const double *__restrict speeds,
                           double *__restrict along) {
    const double *x = points, *y = points + TILE, *z = points + 2 * TILE;
    for (int at = 0; at < TILE; at++) {
        double east = x[at] - node[0], north = y[at] - node[1], up = z[at] - node[2];
        double away = sqrt(east * east + north * north + up * up);
        double sum = east * speeds[at] + north * speeds[TILE + at] + up * speeds[2 * TILE + at];
        along[at] = sum / (away < AT_NODE_M ? AT_NODE_M : away);
    }
}

WIDE static void shifts_of(const double *__restrict one, const double *__restrict other, double twice, double lowest_hz, double most,
                           double *__restrict shifts) {
    for (int at = 0; at < TILE; at++) {
        double place = rint((one[at] + other[at]) / twice - lowest_hz);
        place = place > 0.0 ? place : 0.0;
        shifts[at] = place < most ? place : most;
    }
}

typedef struct {
    const double *nodes;
    int64_t many;
    const int64_t *one, *other;
    const double *half_wave_m;
    int64_t links, shifts;
    double lowest_hz;
} shown_links;

static int nodes_fit(const shown_links *shown) {
    if (shown->shifts < 1 || shown->shifts > 255) return 0;
    for (int64_t link = 0; link < shown->links; link++)
        if (shown->one[link] < 0 || shown->one[link] >= shown->many || shown->other[link] < 0 || shown->other[link] >= shown->many) return 0;
    return 1;
}

/* Of up to TILE points the place among the shifts at which each link shows them: found (links, TILE). `work`: nodes x TILE. */
static void places_of(const shown_links *shown, const double *spots, const double *speeds, int64_t now, double *work, uint8_t *found) {
    double points[3 * TILE] = {0}, moving[3 * TILE] = {0}, shifts[TILE];
    for (int64_t at = 0; at < now; at++)
        for (int axis = 0; axis < 3; axis++) points[axis * TILE + at] = spots[3 * at + axis], moving[axis * TILE + at] = speeds[3 * at + axis];
    for (int64_t node = 0; node < shown->many; node++) growth_of(shown->nodes + 3 * node, points, moving, work + node * TILE);
    for (int64_t link = 0; link < shown->links; link++) {
        shifts_of(work + shown->one[link] * TILE, work + shown->other[link] * TILE, -2.0 * shown->half_wave_m[link], shown->lowest_hz,
                  (double)(shown->shifts - 1), shifts);
        for (int at = 0; at < TILE; at++) found[link * TILE + at] = (uint8_t)shifts[at];
    }
}

/* `work`: (nodes + links) x TILE. */
int64_t kernel_shift_gain(const double *nodes, int64_t many, const int64_t *one, const int64_t *other, const double *length_m,
                          const double *half_wave_m, int64_t links, const double *spots, const double *speeds, int64_t places,
                          const double *ratios, int64_t shifts, double lowest_hz, double *work, double *gain) {
    shown_links shown = {nodes, many, one, other, half_wave_m, links, shifts, lowest_hz};
    uint8_t *found = (uint8_t *)(work + many * TILE);
    (void)length_m;
    if (!nodes_fit(&shown)) return -1;
    for (int64_t begin = 0; begin < places; begin += TILE) {
        int64_t now = places - begin < TILE ? places - begin : TILE;
        places_of(&shown, spots + 3 * begin, speeds + 3 * begin, now, work, found);
        for (int64_t at = 0; at < now; at++) gain[begin + at] = gathered_of(ratios, shifts, 255, found + at, TILE, links);
    }
    return 0;
}

/* `claims` (links, shifts); `work`: (nodes + links) x TILE + shifts. */
int64_t kernel_shift_claims(const double *nodes, int64_t many, const int64_t *one, const int64_t *other, const double *length_m,
                            const double *half_wave_m, int64_t links, const double *spots, const double *speeds, int64_t places,
                            const double *share, int64_t shifts, double lowest_hz, double *work, double *claims) {
    shown_links shown = {nodes, many, one, other, half_wave_m, links, shifts, lowest_hz};
    double *exact = work + (many + links) * TILE;
    uint8_t *found = (uint8_t *)(work + many * TILE);
    (void)length_m;
    if (!nodes_fit(&shown)) return -1;
    memset(claims, 0, (size_t)(links * shifts) * sizeof *claims);
    for (int64_t begin = 0; begin < places; begin += TILE) {
        int64_t now = places - begin < TILE ? places - begin : TILE;
        places_of(&shown, spots + 3 * begin, speeds + 3 * begin, now, work, found);
        for (int64_t link = 0; link < links; link++)
            for (int64_t at = 0; at < now; at++) claims[link * shifts + found[link * TILE + at]] += share[begin + at];
    }
    for (int64_t link = 0; link < links; link++, claims += shifts) {
        memcpy(exact, claims, (size_t)shifts * sizeof *exact);
        for (int64_t shift = 1; shift < shifts; shift++) claims[shift] += exact[shift - 1];
        for (int64_t shift = 0; shift + 1 < shifts; shift++) claims[shift] += exact[shift + 1];
        for (int64_t shift = 0; shift < shifts; shift++) claims[shift] = claims[shift] > 1.0 ? 1.0 : claims[shift];
    }
    return 0;
}

static double within(double value, double low, double high) { return value < low ? low : value > high ? high : value; }

/* A step of a cloud whose chance was drawn: `push` (many, 3), `jumps` (many), and `stops` (many) where people stop and start at once. */
int64_t kernel_walk(double *spots, double *speeds, int64_t many, const double *push, const double *stops, const double *jumps,
                    const walk_step *step) {
    const double lows[2] = {step->west, step->south}, highs[2] = {step->east, step->north};
    for (int64_t at = 0; at < many; at++, spots += 3, speeds += 3, push += 3) {
        double spread = step->turns;
        if (stops) {
            int stands = speeds[0] == 0.0 && speeds[1] == 0.0, halts = !stands && stops[at] < step->stop;
            spread = stands ? step->starts * (double)(stops[at] < step->start) : halts ? 0.0 : step->turns;
            if (halts) speeds[0] = speeds[1] = 0.0;
        }
        for (int axis = 0; axis < 2; axis++) {
            double speed = speeds[axis] * step->keep + spread * push[axis];
            double spot = spots[axis] + (speed * step->walked_s + step->shuffle * push[1 - axis]);
            speeds[axis] = spot < lows[axis] || spot > highs[axis] ? speed * -0.5 : speed;
            spots[axis] = within(spot, lows[axis], highs[axis]);
        }
        double height = spots[2] + step->settle * push[2];
        if (jumps[at] < step->jump) height = step->lowest + (step->highest - step->lowest) * jumps[at] / step->jump;
        spots[2] = within(height, step->lowest, step->highest);
    }
    return 0;
}
