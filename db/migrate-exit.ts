/** How `migrate-main.ts` says that all is migrated, but that the token of the environment was revoked and stays so. */
export const TOKEN_REVOKED = 7;
