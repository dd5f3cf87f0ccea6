// The page asks nobody but this gateway: no validator badge, no fonts, no telemetry.
window.ui = SwaggerUIBundle({
	url: '/openapi.json',
	dom_id: '#swagger-ui',
	deepLinking: true,
	docExpansion: 'none',
	filter: true,
	persistAuthorization: false,
	validatorUrl: null,
});
