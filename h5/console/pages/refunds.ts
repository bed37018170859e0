export { default as Refunds } from './refunds/Refunds.vue'
