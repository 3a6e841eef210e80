/** Codes of findings about a connector package: raised while loading, checking or binding. */
export const definitionErrors = {
  FILE_UNREADABLE: {
    summary: 'A file of the package is not JSON.',
    hint: 'Mend the syntax at the place named.',
  },
  FILE_TOO_LARGE: {
    summary: 'A file or the whole package is larger than Sluice reads.',
    hint: 'Keep files below 5 MB and a package below 20 MB and 200 files.',
  },
  FOLDER_UNREADABLE: {
    summary: 'The folder of a package cannot be read.',
    hint: 'Check that the folder exists and may be read.',
  },
  FILE_IGNORED: {
    summary: 'A file or resource of the package is not part of the connector and was left out.',
    hint: 'Nothing to do unless it holds a part that is missing.',
  },
  DEFINITION_MISSING: {
    summary: 'The package has no connector definition; its page is derived from the pollers.',
    hint: 'Add the file with connectorUiConfig.',
  },
  DEFINITION_AMBIGUOUS: {
    summary: 'The package has several connector definitions; the first is used.',
    hint: 'Keep one definition in a folder.',
  },
  DEFINITION_PARTIAL: {
    summary: 'Part of the definition was taken from a deployment template.',
    hint: 'Add the file with connectorUiConfig for a complete page.',
  },
  POLLER_MISSING: {
    summary: 'The package has no poller, so nothing can be connected.',
    hint: 'Add the file with the connection of kind RestApiPoller.',
  },
  DCR_MISSING: {
    summary: 'The package has no data collection rule; records go to the table unchanged.',
    hint: 'Add the file of the data collection rule.',
  },
  TABLE_INFERRED: {
    summary: 'A table is not declared; its columns follow from the transform.',
    hint: 'Add the file of the table to fix the columns.',
  },
  TABLE_PARTIAL: {
    summary: 'A table declaration is incomplete; its columns follow from the transform.',
    hint: 'Add the complete file of the table.',
  },
  TABLE_DUPLICATE: {
    summary: 'A table is declared twice; the first declaration is used.',
    hint: 'Keep one declaration of each table.',
  },
  TABLE_NO_TIME: {
    summary: 'A table does not declare TimeGenerated; it was added.',
    hint: 'Declare TimeGenerated of type datetime.',
  },
  COLUMN_TYPE_UNKNOWN: {
    summary: 'A column has a type that does not exist.',
    hint: 'Use string, int, long, real, boolean, datetime, dynamic or guid.',
  },
  COLUMN_RESERVED: {
    summary: 'A column has a name that Sluice fills itself; it was left out.',
    hint: 'Rename the column.',
  },
  COLUMN_DUPLICATE: {
    summary: 'A column is declared twice; the first declaration is used.',
    hint: 'Remove one of the two.',
  },
  COLUMN_INVALID: { summary: 'A column declaration has no name or no type.', hint: 'Give name and type.' },
  STREAM_UNDECLARED: {
    summary: 'A poller or a data flow names a stream that the data collection rule does not declare.',
    hint: 'Correct streamName or add the stream to streamDeclarations.',
  },
  STREAM_MISSING: {
    summary: 'A poller does not say to which stream its records go.',
    hint: 'Set dcrConfig.streamName.',
  },
  STREAM_DUPLICATE: {
    summary: 'A stream is declared twice; the first declaration is used.',
    hint: 'Keep one declaration of each stream.',
  },
  STREAM_UNUSED: {
    summary: 'No data flow reads the stream of a poller, so its records would reach no table.',
    hint: 'Add a data flow for the stream.',
  },
  FLOW_INVALID: {
    summary: 'A data flow names no stream or no table.',
    hint: 'Give streams and outputStream.',
  },
  KIND_UNKNOWN: { summary: 'A connection has a kind that does not exist.', hint: 'Use kind RestApiPoller.' },
  KIND_UNSUPPORTED: {
    summary: 'A connection has a kind that this version does not run.',
    hint: 'Only RestApiPoller runs in this version.',
  },
  AUTH_MISSING: {
    summary: 'A poller has no auth section.',
    hint: 'Add auth, with type None for a public API.',
  },
  AUTH_TYPE_UNKNOWN: { summary: 'auth.type does not exist.', hint: 'Use Basic, APIKey or None.' },
  AUTH_TYPE_UNSUPPORTED: {
    summary: 'auth.type is known but this version does not run it.',
    hint: 'This version runs Basic, APIKey and None.',
  },
  AUTH_FIELD_MISSING: { summary: 'A credential field is missing.', hint: 'Add the field to auth.' },
  PAGING_TYPE_UNKNOWN: {
    summary: 'paging.pagingType does not exist.',
    hint: 'Use Offset, NextPageToken, PersistentToken or None.',
  },
  PAGING_TYPE_UNSUPPORTED: {
    summary: 'paging.pagingType is known but this version does not run it.',
    hint: 'This version runs Offset, NextPageToken, PersistentToken and None.',
  },
  PAGING_FIELD_MISSING: {
    summary: 'A field that the paging type needs is missing.',
    hint: 'Add the field to paging.',
  },
  PAGING_PLACEMENT_UNKNOWN: {
    summary: 'paging.pagingInfoPlacement does not exist.',
    hint: 'Use QueryString or RequestBody.',
  },
  STEPS_UNSUPPORTED: {
    summary: 'The poller uses nested steps, which this version does not run.',
    hint: 'Use a poller without stepInfo.',
  },
  SERVER_TRANSFORM_UNSUPPORTED: {
    summary: "The poller needs a transform that only the vendor's service has.",
    hint: 'Replace it by a transform in the data collection rule.',
  },
  COPY_UNSUPPORTED: {
    summary:
      'The connection is one of a copy loop or of a comma separated list, which this version does not run.',
    hint: 'Make one connection for each value.',
  },
  REQUEST_MISSING: { summary: 'A poller has no request section.', hint: 'Add request with apiEndpoint.' },
  ENDPOINT_MISSING: { summary: 'A poller has no apiEndpoint.', hint: 'Set request.apiEndpoint.' },
  ENDPOINT_INVALID: {
    summary: 'apiEndpoint is not an absolute http or https address.',
    hint: 'Check the values that make the address: host without blanks, scheme http or https.',
  },
  ENDPOINT_REPAIRED: {
    summary:
      'A value already had a scheme or a slash at its end; the address was joined without doubling it.',
    hint: 'Give the host alone where the form asks for a host.',
  },
  METHOD_UNSUPPORTED: { summary: 'httpMethod is neither GET nor POST.', hint: 'Use GET or POST.' },
  RESPONSE_FORMAT_UNSUPPORTED: {
    summary: 'The response format is not supported by this version.',
    hint: 'This version reads JSON.',
  },
  RESPONSE_FEATURE_UNSUPPORTED: {
    summary: 'A response setting is not supported by this version.',
    hint: 'Remove the setting.',
  },
  VALUE_TYPE: {
    summary: 'A setting has a value of the wrong type.',
    hint: 'Give a value of the type named.',
  },
  VALUE_RANGE: {
    summary: 'A number is out of range; the nearest allowed one is used.',
    hint: 'Choose a number within the range.',
  },
  PROPERTY_UNKNOWN: { summary: 'A setting is not known and has no effect.', hint: 'Check the spelling.' },
  PROPERTY_IGNORED: {
    summary: 'A setting is known but has no effect in this version.',
    hint: 'Nothing to do unless you depend on it.',
  },
  OVERLAY_INVALID: {
    summary: 'A file of facts about published definitions is not in its form.',
    hint: 'Each overlay needs endpointPath, eventsJsonPath and recordKey.',
  },
  PARAMETER_MISSING: { summary: 'A value that the connection needs was not given.', hint: 'Fill the field.' },
  PARAMETER_UNKNOWN: {
    summary: 'A value was given that the definition does not use.',
    hint: 'Check the name.',
  },
  PARAMETER_INVALID: {
    summary: 'A value does not fit its field.',
    hint: 'Choose one of the values offered.',
  },
  CONDITION_FALSE: {
    summary: 'The condition of a connection is not met, so it is left out.',
    hint: 'Nothing to do; choose other values to include it.',
  },
  CONNECTION_NAME_TEMPLATE: {
    summary: 'The name of a connection is an expression that does not parse; a name is derived instead.',
    hint: 'Nothing to do: the name has no effect on polling.',
  },
  UI_INCOMPLETE: {
    summary: 'A part of the connector page is missing.',
    hint: 'Add the part to connectorUiConfig.',
  },
  EXTENSION_INVALID: {
    summary: 'The settings in properties.sluice are not understood.',
    hint: 'Give recordKey {paths, unique}, eventTimePath, delayInMin, overlapInMin.',
  },
} as const;

export type DefinitionErrorCode = keyof typeof definitionErrors;
