int64_t kernel_weigh(const double *gain, const double *share, int64_t many, double scale, double temper, double haste, double *work, double *weighed,
                     double *found);
int64_t kernel_resampled(const double *spots, const double *speeds, const double *share, int64_t many, double draw, double *new_spots,
                         double *new_speeds);
int64_t kernel_bodies(double *gain, const double *spots, int64_t stride, int64_t many, const double *taken, int64_t bodies);
int64_t kernel_search(double *gain, const double *share, int64_t along, int64_t across, double part, double stays, double comes, double *work,
                      double *joint, double *found);
int64_t kernel_moments(const double *spots, const double *speeds, const double *share, int64_t many, const double *box, double *work,
                       double *found);
int64_t kernel_shade_cloud(const double *nodes, int64_t many, const int64_t *one, const int64_t *other, const double *length_m,
                           const double *half_wave_m, int64_t links, const double *spots, const double *share, int64_t guesses, int64_t every,
                           const double *law, const int64_t *level, const uint8_t *first, const double *edges, double *work, uint8_t *depths,
                           double *parts, double *shades);
int64_t kernel_place_gain(const double *nodes, int64_t many, const int64_t *one, const int64_t *other, const double *length_m,
                          const double *half_wave_m, int64_t links, const double *spots, const double *speeds, int64_t guesses, double delay_s,
                          const double *law, const int64_t *level, const double *others, const double *weight, const uint8_t *first,
                          const double *edges, double *work, double *gain);
int64_t kernel_explain(const double *nodes, int64_t many, const int64_t *one, const int64_t *other, const double *length_m,
                       const double *half_wave_m, int64_t links, const double *place, const double *law, const int64_t *level,
                       const double *others, const double *weight, const uint8_t *clouds, int64_t guesses, const uint8_t *first,
                       const double *edges, double *work, double *found);
