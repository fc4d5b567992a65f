import { z } from '@hono/zod-openapi';

const IF_MATCH = /^(\*|(W\/)?"\d{1,10}"|\d{1,10})$/;

/** `If-Match` with a license's version, `"3"`; `*` stands for any (null), which an edit does not accept. A cache on the way may have marked the tag as weak; it is as good. */
export const ifMatchHeaders = z.object({
  'if-match': z
    .string()
    .regex(IF_MATCH, 'expected the version of the license, such as "3"')
    .transform((text) => (text === '*' ? null : Number(text.replace(/[^\d]/g, ''))))
    .optional()
    .openapi({
      type: 'string',
      pattern: IF_MATCH.source,
      description: "The license's version that the request is about.",
      example: '"3"',
    }),
});
