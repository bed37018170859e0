export { default as Choices } from './Choices.vue'
export { default as Choose } from './Choose.vue'
