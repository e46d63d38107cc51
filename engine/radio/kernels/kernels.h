int64_t kernel_exp(const double *values, int64_t many, double *powers);
int64_t kernel_log(const double *values, int64_t many, double *logs);
int64_t kernel_ratios(const double *law, const int64_t *level, const double *above, const double *below, const double *weight, int64_t links,
                      double *table);
int64_t kernel_best(const double *table, const uint8_t *depths, int64_t links, int64_t squares, int64_t heights, double *sums, double *best);
int64_t kernel_totals(const double *table, const uint8_t *depths, int64_t links, int64_t places, double *totals);
int64_t kernel_shade(const double *law, const int64_t *level, const uint8_t *depths, const double *share, int64_t links, int64_t places,
                     double *work, double *above, double *below);
int64_t kernel_depths(const double *nodes, int64_t many, const int64_t *one, const int64_t *other, const double *length_m,
                      const double *half_wave_m, int64_t links, const double *points, int64_t places, const uint8_t *first, const double *edges,
                      double *work, uint8_t *depths);
int64_t kernel_standing_out(const double *values, const int64_t *which, int64_t many, int64_t among, double least, int64_t most,
                            int64_t *found, uint32_t *work);
int64_t kernel_voxels(const double *table, const uint8_t *depths, int64_t links, int64_t heights, const int64_t *columns, int64_t many,
                      int64_t all, const float *spots, const float *levels, double least, int64_t most, float *shown, uint32_t *work);
int64_t kernel_newcomer(const double *law, const int64_t *level, const double *stray, const double *weight, const uint8_t *depths,
                        const uint8_t *standing, int64_t links, int64_t heights, int64_t squares, double *views, const uint8_t *clouds,
                        const double *shares, int64_t people, int64_t places, double least, double share_of_misfit, double *work, double *gain,
                        int64_t *aside);
