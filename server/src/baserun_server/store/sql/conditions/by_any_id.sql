-- Users for whom a condition on `user_id` is true under any of their ids.
(${condition}) OR arrayExists(user_id -> (${condition}), aliases)
