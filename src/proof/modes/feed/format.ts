/** The only format whose data are read as a batch. Source: docs/protocol/feeds.md#entry-header-181-bytes-packed */
export const FORMAT_BATCH = 0;
