export { default as CardForm } from '../../shared/account/CardForm.vue'
export { default as ContactForm } from '../../shared/account/ContactForm.vue'
export { default as PasswordForm } from '../../shared/account/PasswordForm.vue'
export { default as QuestionsForm } from '../../shared/account/QuestionsForm.vue'
