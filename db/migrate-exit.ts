/** How `migrate-main.ts` says that all is migrated, but that the token of the environment was revoked or has expired, and stays so. */
export const TOKEN_ENDED = 7;
