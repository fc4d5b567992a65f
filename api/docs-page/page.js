/** Shows the OpenAPI document. A token that is typed in stays in this page and is gone when it is left. */
globalThis.SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#operations',
  deepLinking: true,
  docExpansion: 'list',
  filter: true,
  // Too many to read; each is shown where it is used.
  defaultModelsExpandDepth: -1,
  displayRequestDuration: true,
  persistAuthorization: false,
  // It would send the address of the document to somebody else.
  validatorUrl: null,
});
