/* As `WalkStep` of arrays.py. */
typedef struct {
    double keep, turns, starts, stop, start, walked_s, shuffle, settle, jump, lowest, highest, west, south, east, north;
} walk_step;

int64_t kernel_shift_gain(const double *nodes, int64_t many, const int64_t *one, const int64_t *other, const double *length_m,
                          const double *half_wave_m, int64_t links, const double *spots, const double *speeds, int64_t places,
                          const double *ratios, int64_t shifts, double lowest_hz, double *work, double *gain);
int64_t kernel_shift_claims(const double *nodes, int64_t many, const int64_t *one, const int64_t *other, const double *length_m,
                            const double *half_wave_m, int64_t links, const double *spots, const double *speeds, int64_t places,
                            const double *share, int64_t shifts, double lowest_hz, double *work, double *claims);
int64_t kernel_walk(double *spots, double *speeds, int64_t many, const double *push, const double *stops, const double *jumps,
                    const walk_step *step);
