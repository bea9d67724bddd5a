-- Columns of the numbers.
${number} ${type}
