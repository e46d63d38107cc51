/* The tables of a bank of links, one row per path: `engine.radio.kernels.bank` fills this in, by these names. */
typedef struct {
    int64_t rows;
    int64_t *pace_first_ns, *pace_newest_ns;
    double *pace_count;
    int64_t *table_width, *table_other, *table_channel;
    double *table_rms, *table_noise;
    uint8_t *table_carries;
    double *gain_patient, *gain_quick, *gain_wander, *gain_flicker, *gain_residual, *gain_rssi, *gain_before;
    uint8_t *gain_known, *gain_moves;
    int64_t *gain_frames;
    double *openness_elapsed_s, *openness_empty, *openness_moments, *openness_power, *openness_floor;
    uint8_t *openness_varied;
    float *choice_seen, *choice_strength, *choice_lively, *choice_quiet;
    double *choice_since_s;
    uint8_t *choice_chosen, *choice_usable;
    int64_t *fluctuation_frames;
    double *fluctuation_mean, *fluctuation_newest, *fluctuation_recent, *fluctuation_power;
    float *fluctuation_shape;
    int64_t *baselines_frames;
    double *baselines_level, *baselines_liveliness, *baselines_recent, *baselines_away;
    float *baselines_shape;
    double *quiet_elapsed_s, *quiet_sum, *quiet_squares, *quiet_highest, *quiet_quiet, *quiet_spread, *quiet_limit;
    int64_t *quiet_frames, *quiet_blocks;
    uint8_t *phase_known;
    double *phase_since_s;
    int64_t *ripples_at_ns, *ripples_next;
    int64_t *stillness_bin, *stillness_count;
    uint8_t *stillness_moving;
    float *stillness_sum;
    double *turns;
} bank_tables;

/* One frame of each of `many` paths, in rising order of their rows. */
typedef struct {
    int64_t many;
    const int64_t *rows, *arrival_ns;
    const uint8_t *n_sub, *channel, *occupied;
    const double *rssi, *rms;
    const float *shape;
} bank_frames;

/* What is worked out of a round, of one path after the other: `engine.radio.kernels.bank` says what each is. */
typedef struct {
    int64_t room;
    double *passed_s, *new_s, *powers, *logs, *shares, *gain, *taken, *level;
    double *levels, *noise, *floor, *learnt, *fluctuating, *quiet, *spread, *limit;
    int64_t *column;
    uint8_t *fits, *use, *is_open, *calm, *quiet_due, *choice_due, *phase_due, *ripples_due, *bin_ended, *usable;
    float *masked, *deviation, *still_level;
} bank_round;

int64_t kernel_squares(const float *off, const uint8_t *chosen, int64_t many, int64_t width, double *sums);
int64_t kernel_bank_time(const bank_tables *tables, const bank_frames *frames, const bank_round *round);
int64_t kernel_bank_gain(const bank_tables *tables, const bank_frames *frames, const bank_round *round);
int64_t kernel_bank_change(const bank_tables *tables, const bank_frames *frames, const bank_round *round);
int64_t kernel_bank_learn(const bank_tables *tables, const bank_frames *frames, const bank_round *round);
int64_t kernel_bank_still(const bank_tables *tables, const bank_frames *frames, const bank_round *round, const float *waves);
