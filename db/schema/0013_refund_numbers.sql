-- People name a refund by its number alone.
ALTER TABLE refunds ADD KEY refunds_out_refund_no (out_refund_no);
