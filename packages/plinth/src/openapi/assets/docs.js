// Shows the document that the page names. In a file of its own: the page's policy runs no script that stands in it.
const place = document.getElementById('docs')

window.SwaggerUIBundle({
  url: place.dataset.document,
  domNode: place,
  deepLinking: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
  // Nothing of the document leaves for a validator elsewhere.
  validatorUrl: null,
})
