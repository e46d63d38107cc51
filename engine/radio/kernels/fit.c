/* How well as many people as that takes explain what the links show at a tick. As in kernels.c, to the last bit what plain_fit.py says. */

enum { MOST_PEOPLE = 3 };

/* What fits are made with: people as they are now, and room to work in. */
typedef struct {
    const double *table;
    const uint8_t *together;
    int64_t links;
    double spots[MOST_PEOPLE][3];
    uint8_t *deep; /* (MOST_PEOPLE, links) */
    double *beside; /* (links, DEPTHS) */
} crowd;

/* The table of one more person beside all people but one, into `beside`. */
static void table_beside(crowd *people, int64_t count, int64_t but) {
    for (int64_t link = 0; link < people->links; link++) {
        const double *row = people->table + link * DEPTHS;
        double *made = people->beside + link * DEPTHS;
        int64_t deep = -1;
        for (int64_t person = 0; person < count; person++) {
            int64_t next = DEPTH(people->deep[person * people->links + link]);
            if (person != but) deep = deep < 0 ? next : DEPTH(people->together[deep * DEPTHS + next]);
        }
        if (deep < 0) memcpy(made, row, DEPTHS * sizeof *made);
        else for (int depth = 0; depth < DEPTHS; depth++) made[depth] = row[DEPTH(people->together[deep * DEPTHS + depth])];
    }
}

/* See `fit` of plain_fit.py. `people`: middle height, lowest and highest (m), what each further one has to explain.
   `work`: links * DEPTHS + (heights + 1) * squares + many * TILE + 4 * tried + (links * (tried + MOST_PEOPLE)) / 8 + 1. */
int64_t kernel_fit(const double *table, const uint8_t *together, const uint8_t *depths, int64_t links, int64_t heights, int64_t squares,
                   const double *spots, int64_t stride, const double *nodes, int64_t many, const int64_t *one, const int64_t *other,
                   const double *length_m, const double *half_wave_m, const double *moves_m, int64_t steps, int64_t tried, const double *people,
                   const uint8_t *first, const double *edges, double *work, double *found) {
    double *sums = work + links * DEPTHS, *gain = sums + heights * squares, *ways = gain + squares, *points = ways + many * TILE;
    double *values = points + 3 * tried;
    uint8_t *deep = (uint8_t *)(values + tried), *tried_deep = deep + MOST_PEOPLE * links;
    crowd now = {table, together, links, {{0}}, deep, work};
    if (squares < 1 || tried < 1 || steps < 1) return -1;
    *found = -INFINITY;
    for (int64_t count = 1; count <= MOST_PEOPLE; count++) {
        double *newest = now.spots[count - 1], fit = -INFINITY;
        table_beside(&now, count - 1, -1);
        kernel_best(now.beside, depths, links, squares, heights, sums, gain);
        const double *spot = spots + stride * place_of_most(gain, squares);
        newest[0] = spot[0], newest[1] = spot[1], newest[2] = people[0];
        if (kernel_depths(nodes, many, one, other, length_m, half_wave_m, links, newest, 1, first, edges, ways, deep + (count - 1) * links) < 0) return -1;
        for (int64_t step = 0; step < steps; step++)
            for (int64_t person = 0; person < count; person++) {
                const double *moves = moves_m + step * tried * 3;
                double *here = now.spots[person];
                for (int64_t at = 0; at < 3 * tried; at++) points[at] = here[at % 3] + moves[at];
                for (int64_t at = 2; at < 3 * tried; at += 3) points[at] = within(points[at], people[1], people[2]);
                kernel_depths(nodes, many, one, other, length_m, half_wave_m, links, points, tried, first, edges, ways, tried_deep);
                table_beside(&now, count, person);
                kernel_totals(now.beside, tried_deep, links, tried, values);
                int64_t chosen = place_of_most(values, tried);
                fit = values[chosen];
                memcpy(here, points + 3 * chosen, 3 * sizeof *here);
                for (int64_t link = 0; link < links; link++) deep[person * links + link] = tried_deep[link * tried + chosen];
            }
        fit -= people[3] * (double)(count - 1);
        if (!(fit > *found)) break;
        *found = fit;
    }
    return 0;
}
