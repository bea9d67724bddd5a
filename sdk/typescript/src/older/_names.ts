/** Older names of calls that go by another name now. */

import { identify } from "../recording/_users.js"

/** The older name of `identify`, without traits. */
export const submitUser = async (user: string): Promise<void> => identify(user)
