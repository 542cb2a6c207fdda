// Shows the documents of the list above, which the module writes.
// https://github.com/swagger-api/swagger-ui/blob/v5.33.0/docs/usage/configuration.md
window.onload = function () {
  window.ui = SwaggerUIBundle({
    urls: documents,
    dom_id: "#swagger-ui",
    deepLinking: true,
    // it describes: requests to the APIs themselves want tokens, which do not belong in a browser's page
    supportedSubmitMethods: [],
    // by default every document's address goes to a service in the internet
    validatorUrl: null,
    presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
    layout: "StandaloneLayout",
  });
};
