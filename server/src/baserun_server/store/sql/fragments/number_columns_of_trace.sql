-- Columns of the numbers in one trace: counts are small there.
${number} ${narrow_type}
