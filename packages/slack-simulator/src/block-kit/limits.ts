/**
 * Limits of Block Kit as Slack publishes them: the reference of blocks and views, the comments of `@slack/types` 3.2,
 * and for the sum of a message what users of it measured, as it is published nowhere.
 */
export const limits = {
  blocks: { message: 50, modal: 100 },
  blockId: 255,
  actionId: 255,
  headerText: 150,
  sectionText: 3_000,
  sectionFields: 10,
  sectionField: 2_000,
  contextElements: 10,
  contextText: 3_000,
  actionsElements: 25,
  inputLabel: 2_000,
  inputHint: 2_000,
  imageAltText: 2_000,
  imageTitle: 2_000,
  imageUrl: 3_000,
  markdown: 12_000,
  buttonText: 75,
  buttonValue: 2_000,
  url: 3_000,
  accessibilityLabel: 75,
  boxes: 10,
  selectOptions: 100,
  optionGroups: 100,
  groupLabel: 75,
  overflowOptions: 5,
  optionText: 75,
  /** The reference says 150, the types 75: the smaller one is safe. */
  optionValue: 75,
  optionDescription: 75,
  placeholder: 150,
  plainTextInput: 3_000,
  confirmTitle: 100,
  confirmText: 300,
  confirmButton: 30,
  modalTitle: 24,
  modalButton: 24,
  privateMetadata: 3_000,
  callbackId: 255,
  externalId: 255,
  viewBytes: 250_000,
  /**
   * All text of a message's blocks, each block counted with `perBlock` more. Refused were 13,298 characters in one or two
   * blocks and 11,341 in 45, taken were 9,597 in 50 (slackapi/bolt-js issues 2509 and 2867): this fits all of them.
   */
  messageText: 13_200,
  perBlock: 50,
} as const;
